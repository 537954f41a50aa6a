//! What reading the largest files takes.
