//! SQLite and PostgreSQL behind one backend.
