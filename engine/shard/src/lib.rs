//! Resident columns of one county.
