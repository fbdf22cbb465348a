//! Principal component analysis: what a linear autoencoder has to reach.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::Error;

/// The best linear code of `k` elements, in closed form.
///
/// Of all pairs of affine maps to `k` dimensions and back, the projection on the plane through the
/// mean along the `k` directions of largest variance has the smallest squared error. A linear
/// autoencoder finds the same plane, in any coordinates on it (Baldi and Hornik 1989).
///
/// ```
/// use autoenc::Pca;
/// use nalgebra::dmatrix;
///
/// // Four points on a line: one component is enough.
/// let x = dmatrix![0.0f32, 1.0, 2.0, 3.0; 1.0, 3.0, 5.0, 7.0];
/// let pca = Pca::fit(&x, 1)?;
/// assert!(pca.residual() < 1e-12);
/// assert!((pca.components()[(1, 0)] / pca.components()[(0, 0)] - 2.0).abs() < 1e-6);
/// # Ok::<(), autoenc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    mean: DVector<f64>,
    components: DMatrix<f64>,
    residual: f64,
}

impl Pca {
    /// The first `k` components of the observations `x`, `[features, n]`, one a column.
    ///
    /// # Errors
    /// [`Error::Data`] without observations, for values that are not finite, and for `k` of 0 or
    /// above the number of features.
    pub fn fit(x: &DMatrix<f32>, k: usize) -> Result<Self, Error> {
        let (features, n) = x.shape();
        if n == 0 || k == 0 || k > features {
            return Err(Error::Data(format!(
                "{n} observations of {features} features have no {k} components"
            )));
        }
        let x = x.map(f64::from);
        if x.iter().any(|v| !v.is_finite()) {
            return Err(Error::Data("observations must be finite".into()));
        }
        let mean = x.column_mean();
        let mut centred = x;
        centred.column_iter_mut().for_each(|mut column| column -= &mean);
        let covariance = &centred * centred.transpose() / n as f64;
        let eigen = SymmetricEigen::new(covariance);
        let mut order: Vec<usize> = (0..features).collect();
        order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
        let components = eigen.eigenvectors.select_columns(&order[..k]);
        // The variance in the other directions is what is lost; rounding may make a zero negative.
        let lost: f64 = order[k..].iter().map(|i| eigen.eigenvalues[*i].max(0.0)).sum();
        Ok(Self { mean, components, residual: lost / features as f64 })
    }

    /// The mean of each feature.
    #[must_use]
    pub fn mean(&self) -> &DVector<f64> {
        &self.mean
    }

    /// The orthonormal directions, `[features, k]`, that of largest variance first.
    #[must_use]
    pub fn components(&self) -> &DMatrix<f64> {
        &self.components
    }

    /// The mean squared error per element of the reconstructions of the fitted observations.
    #[must_use]
    pub fn residual(&self) -> f64 {
        self.residual
    }

    /// The codes `[k, n]` of observations `[features, n]`.
    ///
    /// # Errors
    /// [`Error::Data`] for another number of features.
    pub fn encode(&self, x: &DMatrix<f32>) -> Result<DMatrix<f64>, Error> {
        self.check("features", self.mean.len(), x.nrows())?;
        let mut x = x.map(f64::from);
        x.column_iter_mut().for_each(|mut column| column -= &self.mean);
        Ok(self.components.tr_mul(&x))
    }

    /// The observations `[features, n]` that codes `[k, n]` stand for.
    ///
    /// # Errors
    /// [`Error::Data`] for another number of components.
    pub fn decode(&self, code: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
        self.check("components", self.components.ncols(), code.nrows())?;
        let mut x = &self.components * code;
        x.column_iter_mut().for_each(|mut column| column += &self.mean);
        Ok(x)
    }

    fn check(&self, what: &str, expected: usize, found: usize) -> Result<(), Error> {
        if expected == found {
            return Ok(());
        }
        Err(Error::Data(format!("the analysis has {expected} {what}, not {found}")))
    }
}

/// The largest angle between the planes that the columns of `a` and of `b` span, both `[d, k]`, in
/// radians from 0 to π/2: 0 where the planes are the same.
///
/// Its sine and its cosine are both computed (Björck and Golub 1973): small angles are accurate,
/// which those from the cosine alone are not.
///
/// # Errors
/// [`Error::Data`] where the shapes differ, values are not finite, or the columns of one matrix do
/// not span `k` dimensions.
pub fn largest_principal_angle(a: &DMatrix<f64>, b: &DMatrix<f64>) -> Result<f64, Error> {
    if a.shape() != b.shape() || a.is_empty() {
        return Err(Error::Data(format!(
            "there is no angle between planes of shapes {:?} and {:?}",
            a.shape(),
            b.shape()
        )));
    }
    let (a, b) = (orthonormal(a)?, orthonormal(b)?);
    let inside = a.tr_mul(&b);
    let outside = &b - &a * &inside;
    let cosine = inside.singular_values().min();
    let sine = outside.singular_values().max();
    Ok(sine.atan2(cosine))
}

/// An orthonormal basis of the plane that the columns span.
fn orthonormal(a: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    if a.iter().any(|v| !v.is_finite()) {
        return Err(Error::Data("the directions of a plane must be finite".into()));
    }
    let deficient = || {
        Error::Data(format!(
            "{} directions of {} elements do not span a plane",
            a.ncols(),
            a.nrows()
        ))
    };
    if a.ncols() > a.nrows() {
        return Err(deficient());
    }
    let svd = a.clone().svd(true, false);
    let (small, large) = (svd.singular_values.min(), svd.singular_values.max());
    let rounding = f64::EPSILON * a.nrows() as f64;
    match svd.u {
        Some(basis) if small > large * rounding => Ok(basis),
        _ => Err(deficient()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::dmatrix;
    use prob_core::Seed;
    use rand::RngExt;

    fn cloud() -> DMatrix<f32> {
        let mut rng = Seed(6).stream("cloud", 0);
        DMatrix::from_fn(4, 50, |row, _| rng.random_range(-1.0f32..1.0) * (1 + row * row) as f32)
    }

    /// NumPy 2.4.6 on the points (0,0,1), (2,1,0), (4,1,1), (5,4,3), (1,−1,2):
    /// `w = np.linalg.eigvalsh(np.cov(x.T, bias=True))`
    /// w = [0.49407993, 0.77590736, 6.01001271]
    #[test]
    fn residuals_agree_with_numpy() {
        let x = dmatrix![
            0.0f32, 2.0, 4.0, 5.0, 1.0;
            0.0, 1.0, 1.0, 4.0, -1.0;
            1.0, 0.0, 1.0, 3.0, 2.0
        ];
        let w = [0.494_079_93, 0.775_907_36, 6.010_012_71];
        let residual = |k| Pca::fit(&x, k).unwrap().residual();
        assert!((residual(1) - (w[0] + w[1]) / 3.0).abs() < 1e-8);
        assert!((residual(2) - w[0] / 3.0).abs() < 1e-8);
        assert!(residual(3) < 1e-14);
    }

    #[test]
    fn the_residual_is_the_error_of_the_reconstructions_and_no_other_plane_is_better() {
        let x = cloud();
        let pca = Pca::fit(&x, 2).unwrap();
        let error = |pca: &Pca| {
            let y = pca.decode(&pca.encode(&x).unwrap()).unwrap();
            (y - x.map(f64::from)).norm_squared() / x.len() as f64
        };
        assert!((error(&pca) - pca.residual()).abs() < 1e-12 * pca.residual());
        let gram = pca.components().tr_mul(pca.components());
        assert!((gram - DMatrix::identity(2, 2)).norm() < 1e-13);
        let mut rng = Seed(6).stream("planes", 0);
        for _ in 0..100 {
            let turned = pca.components().map(|c| c + 0.1 * rng.random_range(-1.0..1.0));
            let other = Pca { components: orthonormal(&turned).unwrap(), ..pca.clone() };
            assert!(error(&other) > pca.residual());
        }
    }

    #[test]
    fn angles_are_exact_from_tiny_to_right() {
        for angle in [1e-12f64, 1e-6, 0.3, 1.2, std::f64::consts::FRAC_PI_2] {
            // The second direction leaves the plane by the angle; bases are skewed and scaled.
            let a = dmatrix![2.0, 1.0; 0.0, 3.0; 0.0, 0.0];
            let (sin, cos) = angle.sin_cos();
            let b = dmatrix![1.0, 5.0; cos, -cos; sin, -sin];
            let found = largest_principal_angle(&a, &b).unwrap();
            assert!((found - angle).abs() < 1e-15 + 1e-12 * angle, "{found} {angle}");
            let back = largest_principal_angle(&b, &a).unwrap();
            assert!((back - angle).abs() < 1e-15 + 1e-12 * angle);
        }
        let a = dmatrix![1.0, 0.5; 2.0, 1.0; -1.0, 4.0];
        let same = &a * dmatrix![3.0, 1.0; -2.0, 0.1];
        assert!(largest_principal_angle(&a, &same).unwrap() < 1e-14);
    }

    #[test]
    fn what_has_no_answer_is_refused() {
        let x = cloud();
        assert!(Pca::fit(&x, 0).is_err() && Pca::fit(&x, 5).is_err());
        assert!(Pca::fit(&DMatrix::zeros(4, 0), 1).is_err());
        assert!(Pca::fit(&dmatrix![1.0f32, f32::NAN], 1).is_err());
        let pca = Pca::fit(&x, 2).unwrap();
        assert!(pca.encode(&DMatrix::zeros(3, 1)).is_err());
        assert!(pca.decode(&DMatrix::zeros(3, 1)).is_err());
        let plane = dmatrix![1.0, 0.0; 0.0, 1.0; 0.0, 0.0];
        for bad in [
            dmatrix![1.0; 0.0; 0.0],
            dmatrix![1.0, 2.0; 1.0, 2.0; 1.0, 2.0],
            dmatrix![1.0, f64::NAN; 0.0, 1.0; 0.0, 0.0],
            DMatrix::zeros(3, 2),
        ] {
            assert!(largest_principal_angle(&plane, &bad).is_err());
        }
        let wide = dmatrix![1.0, 0.0];
        assert!(largest_principal_angle(&wide, &wide).is_err());
    }
}
