//! Accounts: who somebody is, how they prove it, what they were granted, and by whom.
//!
//! Place in the way of data: before it. Every question of a surface begins with an [`Actor`](crate::Actor), and this folder is where actors
//! come from: a session's cookie, a program's token, a sign-in. Invariants: nothing that proves anything is stored as it was given; every
//! change is in the chain of events with its cause, in the same transaction; rights come from grants alone, never from the identity
//! provider, a form or a token (docs/adr/0009-accounts.md).

mod administration;
mod challenge;
pub(crate) mod chance;
mod demo;
mod directory;
mod first_start;
pub(crate) mod grants;
mod lockout;
mod oidc;
mod own;
mod password;
pub(crate) mod policy;
mod quiet;
mod session;
pub(crate) mod settings;
mod sign_in;
mod tokens;
mod totp;

pub use administration::AccountLine;
pub use demo::DemoAccount;
pub use directory::{Directory, Owes};
pub use first_start::setup_token;
pub use grants::{GrantLine, NewGrant, PolicyLine};
pub use oidc::OidcStart;
pub use own::{SecondFactorState, Secured};
pub use password::{Argon2id, Hashing};
pub use policy::Policy;
pub use session::OwnSession;
pub use sign_in::{NewSession, SecondFactor, SignIn, SignInRefused, SignedIn};
pub use tokens::SCOPES;
pub use totp::{TotpSecret, code_at};
