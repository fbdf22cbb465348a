// Makes each label of an equation in the text a link to its entry in the registry.

(() => {
  const label = /^eq:([a-z0-9-]+)$/;
  for (const code of document.querySelectorAll("code")) {
    const name = code.textContent.match(label)?.[1];
    if (!name || code.closest("a, pre, h1, h2, h3")) continue;
    const link = document.createElement("a");
    link.href = `${path_to_root}equations.html#eq${name}`;
    code.replaceWith(link);
    link.append(code);
  }
})();
