//! May this actor do this, here?
