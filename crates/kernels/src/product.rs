//! Products of row-major matrices, through the `gemm` crate.

/// A borrowed row-major matrix, or its transpose.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `data` as `[rows, cols]`.
    ///
    /// # Panics
    /// Where `data` has not `rows × cols` elements.
    #[must_use]
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert_eq!(Some(data.len()), rows.checked_mul(cols), "matrix of {rows} x {cols}");
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transpose, without moving an element.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }

    /// Rows `from..to`.
    ///
    /// # Panics
    /// Where the range is outside the matrix.
    #[must_use]
    pub fn row_range(self, from: usize, to: usize) -> Self {
        assert!(from <= to && to <= self.rows, "rows {from}..{to} of {}", self.rows);
        let data = if from == to { &[] } else { &self.data[from * self.row_stride..] };
        Self { data, rows: to - from, ..self }
    }
}

/// `out ← a b + keep out`, on the calling thread; `out` is row-major `[a.rows, b.cols]`.
/// With `keep = 0` what `out` holds is not read.
///
/// # Panics
/// Where the shapes do not fit.
pub fn multiply(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, keep: f32) {
    assert_eq!(a.cols, b.rows, "inner dimensions");
    assert_eq!(Some(out.len()), a.rows.checked_mul(b.cols), "shape of the result");
    if out.is_empty() {
        return;
    }
    if a.cols == 0 {
        out.iter_mut().for_each(|o| *o = if keep == 0.0 { 0.0 } else { keep * *o });
        return;
    }
    // SAFETY: `Matrix` keeps every (row, column) inside `data`, the result has a.rows × b.cols
    // elements and is borrowed exclusively, strides are below isize::MAX as slices are.
    unsafe {
        gemm::gemm(
            a.rows,
            b.cols,
            a.cols,
            out.as_mut_ptr(),
            1,
            b.cols as isize,
            keep != 0.0,
            a.data.as_ptr(),
            a.col_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.col_stride as isize,
            b.row_stride as isize,
            keep,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn obvious(a: Matrix<'_>, b: Matrix<'_>) -> Vec<f32> {
        let at = |m: &Matrix<'_>, i: usize, j: usize| m.data[i * m.row_stride + j * m.col_stride];
        (0..a.rows * b.cols)
            .map(|k| (0..a.cols).map(|l| at(&a, k / b.cols, l) * at(&b, l, k % b.cols)).sum())
            .collect()
    }

    proptest! {
        /// Small integers: every sum is exact, so that the fast form equals the obvious one.
        #[test]
        fn equals_the_obvious_product(
            n in 1usize..20, k in 0usize..40, m in 1usize..20,
            ta: bool, tb: bool, keep in 0i8..3, pool in prop::collection::vec(-4i8..5, 1600)
        ) {
            let a: Vec<f32> = pool[..n * k].iter().map(|v| f32::from(*v)).collect();
            let b: Vec<f32> = pool[800..800 + k * m].iter().map(|v| f32::from(*v)).collect();
            let a = if ta { Matrix::new(&a, k, n).transposed() } else { Matrix::new(&a, n, k) };
            let b = if tb { Matrix::new(&b, m, k).transposed() } else { Matrix::new(&b, k, m) };
            let keep = f32::from(keep);
            let mut out = vec![3.0; n * m];
            multiply(&mut out, a, b, keep);
            let expected: Vec<f32> = obvious(a, b).iter().map(|v| v + 3.0 * keep).collect();
            prop_assert_eq!(out, expected);
        }
    }

    #[test]
    #[should_panic(expected = "inner dimensions")]
    fn shapes_that_do_not_fit_are_refused() {
        multiply(&mut [0.0], Matrix::new(&[1.0, 2.0], 1, 2), Matrix::new(&[1.0], 1, 1), 0.0);
    }
}
