//! A layer maps a batch to a batch; a stack is layers in a row.

use std::fmt;

use candle_core::{Module, Tensor};

use crate::{Error, Mode};

/// A map from a batch `[n, features…]` to a batch `[n, features'…]`.
///
/// Every candle [`Module`] is a layer.
pub trait Layer {
    /// The layer's output; noise is drawn only from the generator in `mode`.
    ///
    /// # Errors
    /// Where the shape does not fit.
    fn forward(&self, x: &Tensor, mode: &mut Mode<'_>) -> Result<Tensor, Error>;
}

impl<M: Module> Layer for M {
    fn forward(&self, x: &Tensor, _mode: &mut Mode<'_>) -> Result<Tensor, Error> {
        Ok(Module::forward(self, x)?)
    }
}

/// Layers applied one after the other.
///
/// As in a sequence of PyTorch's, layer `i` of the stack `encoder` is called `encoder.i`.
pub struct Stack {
    name: String,
    layers: Vec<Box<dyn Layer + Send + Sync>>,
}

impl Stack {
    /// A stack without layers: the identity.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), layers: Vec::new() }
    }

    /// The stack with `layer` on top.
    #[must_use]
    pub fn with(mut self, layer: impl Layer + Send + Sync + 'static) -> Self {
        self.layers.push(Box::new(layer));
        self
    }

    /// The name that the next layer will have: `encoder.0` for the first one.
    #[must_use]
    pub fn next_name(&self) -> String {
        self.name_of(self.layers.len())
    }

    fn name_of(&self, index: usize) -> String {
        format!("{}.{index}", self.name)
    }

    /// The name and the output of each layer in evaluation.
    pub(crate) fn outputs(&self, x: &Tensor) -> Result<Vec<(String, Tensor)>, Error> {
        let mut x = x.clone();
        let mut outputs = Vec::with_capacity(self.layers.len());
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.forward(&x, &mut Mode::Eval)?;
            outputs.push((self.name_of(index), x.clone()));
        }
        Ok(outputs)
    }
}

impl Layer for Stack {
    fn forward(&self, x: &Tensor, mode: &mut Mode<'_>) -> Result<Tensor, Error> {
        self.layers.iter().try_fold(x.clone(), |x, layer| layer.forward(&x, mode))
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, layers } = self;
        f.debug_struct("Stack").field("name", name).field("layers", &layers.len()).finish()
    }
}
