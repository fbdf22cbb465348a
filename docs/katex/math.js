// Renders the book's formulas with KaTeX, from local files only.
//
// A display formula is a fenced block with the language `math`; a formula in a line is code between
// dollar signs: $`x^2`$. Both are what code hosts render in Markdown too, and nothing in them is
// taken for emphasis or a link on the way here.

(() => {
  const options = (display) => ({ displayMode: display, throwOnError: false, strict: false });

  const display = () => {
    for (const code of document.querySelectorAll("pre > code.language-math")) {
      const block = document.createElement("div");
      block.className = "math";
      katex.render(code.textContent, block, options(true));
      code.parentElement.replaceWith(block);
    }
  };

  const inline = () => {
    for (const code of document.querySelectorAll("code")) {
      const [before, after] = [code.previousSibling, code.nextSibling];
      if (!before?.textContent.endsWith("$") || !after?.textContent.startsWith("$")) continue;
      if (before.nodeType !== Node.TEXT_NODE || after.nodeType !== Node.TEXT_NODE) continue;
      before.textContent = before.textContent.slice(0, -1);
      after.textContent = after.textContent.slice(1);
      const span = document.createElement("span");
      katex.render(code.textContent, span, options(false));
      code.replaceWith(span);
    }
  };

  display();
  inline();
})();
