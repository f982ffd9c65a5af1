//! Faces, fingerprints, voiceprints: as images, templates, vectors and references. All are noise behind a real header.

use super::{Generator, Sign, Slot};
use crate::coding::base64;

pub(super) const SLOTS: &[Slot] = &[
    slot("face_image", "biometric_image", "人脸照片", "faceImg", face_image),
    slot("face_bare", "biometric_image", "活体照片", "livenessImage", face_bare),
    slot("voice", "biometric_image", "声纹", "voiceprint", voice),
    slot("finger_template", "biometric_template", "指纹模板", "fingerprintTemplate", finger_template),
    slot("embedding", "biometric_template", "人脸特征", "faceFeature", embedding),
    slot("face_id", "biometric_reference", "人脸ID", "faceToken", face_id),
];

const fn slot(
    name: &'static str,
    kind: &'static str,
    label: &'static str,
    field: &'static str,
    make: fn(&mut Generator) -> String,
) -> Slot {
    Slot { name, kind, sign: Sign::Nothing, label, field, make }
}

/// `magic` and so many bytes of noise, in base64.
fn noise(g: &mut Generator, magic: &[u8], count: usize) -> String {
    let mut bytes = magic.to_vec();
    bytes.extend((0..count).map(|_| g.random.bits().to_le_bytes()[0]));
    base64(&bytes)
}

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

fn face_image(g: &mut Generator) -> String {
    format!("data:image/jpeg;base64,{}", noise(g, JPEG, 240))
}

fn face_bare(g: &mut Generator) -> String {
    noise(g, JPEG, 300)
}

fn voice(g: &mut Generator) -> String {
    format!("data:audio/amr;base64,{}", noise(g, b"#!AMR\n", 180))
}

/// ISO/IEC 19794-2 finger minutiae record: the magic `FMR`, a version, then noise.
fn finger_template(g: &mut Generator) -> String {
    noise(g, b"FMR\0 20\0", 200)
}

/// 128 numbers between -1 and 1, written as a JSON array.
fn embedding(g: &mut Generator) -> String {
    let numbers: Vec<String> =
        (0..128).map(|_| format!("{}0.{}", if g.random.chance(50) { "-" } else { "" }, g.random.digits(6))).collect();
    format!("[{}]", numbers.join(","))
}

fn face_id(g: &mut Generator) -> String {
    format!("face_{}", g.random.string("0123456789abcdef", 32))
}
