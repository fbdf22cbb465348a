#![doc = include_str!("../README.md")]

mod activation;
mod dense;
mod elementary;
mod loss;
mod optimise;
mod product;
mod split;
mod wide;

pub use activation::{Activation, SELU_ALPHA, SELU_SCALE};
pub use dense::{DenseGradients, DenseShape, dense_backward, dense_forward};
pub use elementary::{exp, exp_m1, ln_1p_unit, sigmoid, tanh};
pub use loss::{LossSums, bce_with_logits, squared_error};
pub use optimise::{Adam, adam, add, sgd, sgd_momentum};
pub use product::{Matrix, multiply};
