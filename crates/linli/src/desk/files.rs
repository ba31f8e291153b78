//! Files of a case as a page shows them.

use linli_engine::attachments::{Attachment, Mime};

/// Where a file is.
pub fn url(file: &Attachment) -> String {
    format!("/attachments/{}/{}", file.case.0, file.id)
}

/// Whether a file is shown as a picture.
pub fn is_picture(file: &Attachment) -> bool {
    file.stored.mime != Mime::Pdf
}
