//! Where a pointer is on something that stands for a run, or for a map.

use web_sys::{Element, MouseEvent};

/// How far along an element a pointer is, of so many parts. None where the element has no width.
pub(crate) fn along(event: &MouseEvent, element: &Element, parts: usize) -> Option<usize> {
    let rect = element.get_bounding_client_rect();
    if rect.width() <= 0.0 {
        return None;
    }
    let part = ((f64::from(event.client_x()) - rect.left()) / rect.width()).clamp(0.0, 1.0);
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of parts, far below 2^52, and not negative"
    )]
    let along = (part * parts as f64).round() as usize;
    Some(along)
}
