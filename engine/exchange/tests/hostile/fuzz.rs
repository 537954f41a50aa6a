//! Anything at all: a clear refusal, or every row accounted for.
