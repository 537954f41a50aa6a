//! Tables, templates and marked workbooks, written.
