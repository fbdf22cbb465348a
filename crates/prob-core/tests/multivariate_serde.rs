//! Laws of several numbers are written as their parameters, and read through the same checks.

#![allow(clippy::unwrap_used)]

use nalgebra::{dmatrix, dvector};
use prob_core::{Dirichlet, InverseWishart, Multinomial, MvNormal, MvStudentT, Wishart};
use serde::{Serialize, de::DeserializeOwned};

fn round_trip<L: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(law: &L, text: &str) {
    assert_eq!(serde_json::to_string(law).unwrap(), text);
    assert_eq!(&serde_json::from_str::<L>(text).unwrap(), law);
}

#[test]
fn laws_come_back_as_they_were() {
    let matrix = || dmatrix![2.0, 0.1; 0.1, 1.0];
    let rows = "[[2.0,0.1],[0.1,1.0]]";
    round_trip(
        &MvNormal::new(dvector![0.5, -1.0], matrix()).unwrap(),
        &format!(r#"{{"mean":[0.5,-1.0],"covariance":{rows}}}"#),
    );
    round_trip(
        &MvStudentT::new(3.5, dvector![0.5, -1.0], matrix()).unwrap(),
        &format!(r#"{{"degrees":3.5,"location":[0.5,-1.0],"scale":{rows}}}"#),
    );
    round_trip(&Dirichlet::new(vec![0.3, 2.0]).unwrap(), r#"{"concentration":[0.3,2.0]}"#);
    round_trip(
        &Multinomial::new(7, vec![0.1, 0.2, 0.7]).unwrap(),
        r#"{"trials":7,"probabilities":[0.1,0.2,0.7]}"#,
    );
    let matrix_law = format!(r#"{{"degrees":4.5,"scale":{rows}}}"#);
    round_trip(&Wishart::new(4.5, matrix()).unwrap(), &matrix_law);
    round_trip(&InverseWishart::new(4.5, matrix()).unwrap(), &matrix_law);
}

fn refused<L: DeserializeOwned>(text: &str, reason: &str) {
    let error = serde_json::from_str::<L>(text).err().unwrap().to_string();
    assert!(error.contains(reason), "{error}");
}

#[test]
fn what_new_refuses_is_not_read() {
    refused::<MvNormal>(r#"{"mean":[0,0],"covariance":[[1,2],[2,1]]}"#, "not positive definite");
    refused::<MvNormal>(r#"{"mean":[0,0],"covariance":[[1,0],[0]]}"#, "has 1 elements");
    refused::<MvNormal>(r#"{"mean":[],"covariance":[]}"#, "empty");
    refused::<MvStudentT>(r#"{"degrees":0,"location":[0],"scale":[[1]]}"#, "degrees");
    refused::<Dirichlet>(r#"{"concentration":[1,-1]}"#, "-1");
    refused::<Multinomial>(r#"{"trials":2,"probabilities":[0.5,0.4]}"#, "sum to 0.9");
    refused::<Wishart>(r#"{"degrees":1,"scale":[[1,0],[0,1]]}"#, "degrees");
    refused::<InverseWishart>(r#"{"degrees":3,"scale":[[1,0.5],[0,1]]}"#, "not symmetric");
    refused::<InverseWishart>(r#"{"degrees":3,"scale":[[1]],"rank":1}"#, "unknown field");
}
