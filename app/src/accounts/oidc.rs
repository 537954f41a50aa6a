//! Signing in with an identity provider (OpenID Connect, authorization code with PKCE, state and nonce). The provider says who somebody is;
//! what they may is said by grants alone. An account is linked by an administrator, or, if the setting says so, by the login claim.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anju_store::{Account, Credential};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::reqwest::{Client, redirect};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse as _,
};

use super::administration::TRIES;
use super::directory::Known;
use super::sign_in::{SignInRefused, SignedIn, Visit};
use crate::App;
use crate::error::{Error, Result};
use crate::records::unavailable;

const ISSUER: &str = "oidc.issuer";
const CLIENT: &str = "oidc.client_id";
/// The client's secret; sealed at rest, never shown.
pub(super) const SECRET: &str = "oidc.client_secret";
const BY_LOGIN: &str = "oidc.by_login";
/// The settings of this sign-in.
pub(super) const SETTINGS: [&str; 4] = [ISSUER, CLIENT, SECRET, BY_LOGIN];
/// What the secret is sealed for.
pub(super) const SECRET_CONTEXT: &str = "anju_setting.oidc.client_secret";
/// How long somebody may stay at the provider.
const LASTS: i64 = 10 * 60_000;
/// So many may be there at once; the oldest gives way.
const AT_ONCE: usize = 10_000;
/// How long the provider's own description is taken for true.
const DESCRIBED: i64 = 10 * 60_000;

/// Where to send somebody who signs in with the provider.
#[derive(Debug, Clone)]
pub struct OidcStart {
    /// The provider's page.
    pub url: String,
    /// To be kept in a cookie and compared when they come back.
    pub state: String,
}

/// Those who are at the provider now.
#[derive(Default)]
pub struct Journeys {
    under_way: Mutex<HashMap<String, Journey>>,
    described: Mutex<Option<(i64, Arc<CoreProviderMetadata>)>>,
}

struct Journey {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    redirect: String,
    until: i64,
}

struct Setting {
    issuer: String,
    client: String,
    secret: Option<String>,
    by_login: bool,
}

/// Whether a setting may have a value.
pub(super) fn check(key: &str, value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Ok(());
    }
    if value.len() > 500 || value.chars().any(char::is_control) {
        return Err("≤ 500".into());
    }
    match key {
        ISSUER => {
            let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|it| value.starts_with(it));
            let url = IssuerUrl::new(value.to_owned()).is_ok();
            if url && (value.starts_with("https://") || local) { Ok(()) } else { Err("https://…".into()) }
        }
        BY_LOGIN if !["true", "false"].contains(&value) => Err("true / false".into()),
        _ => Ok(()),
    }
}

impl Journeys {
    fn begin(&self, state: &str, journey: Journey, now: i64) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if under_way.len() >= AT_ONCE {
            under_way.retain(|_, journey| now < journey.until);
        }
        if under_way.len() >= AT_ONCE
            && let Some(oldest) = under_way.iter().min_by_key(|(_, it)| it.until).map(|(state, _)| state.clone())
        {
            under_way.remove(&oldest);
        }
        under_way.insert(state.to_owned(), journey);
    }

    /// The journey of a state; it is made once.
    fn end(&self, state: &str, now: i64) -> Option<Journey> {
        let journey = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(state)?;
        (now < journey.until).then_some(journey)
    }
}

impl App {
    /// Whether an identity provider is set.
    pub fn oidc_on(&self) -> bool {
        self.directory().kept().is_some_and(|known| self.oidc_setting(&known).is_some())
    }

    fn oidc_setting(&self, known: &Known) -> Option<Setting> {
        let value = |key: &str| known.settings.get(key).filter(|value| !value.is_empty()).cloned();
        let secret = value(SECRET).map(|sealed| self.store().vault().open_sealed(SECRET_CONTEXT, &sealed));
        Some(Setting {
            issuer: value(ISSUER)?,
            client: value(CLIENT)?,
            // A secret that does not open would sign in as nobody: the provider then refuses, in its own words.
            secret: secret.and_then(Result::ok),
            by_login: value(BY_LOGIN).as_deref() == Some("true"),
        })
    }

    async fn described(&self, setting: &Setting, now: i64) -> Result<Arc<CoreProviderMetadata>> {
        let kept = self.directory().journeys.described.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, described)) =
            kept.filter(|(at, it)| now - at < DESCRIBED && it.issuer().as_str() == setting.issuer)
        {
            return Ok(described);
        }
        let issuer = IssuerUrl::new(setting.issuer.clone()).map_err(unavailable)?;
        let described = CoreProviderMetadata::discover_async(issuer, &client()?).await;
        let described = Arc::new(described.map_err(|error| unavailable(format!("the identity provider: {error}")))?);
        let entry = Some((now, Arc::clone(&described)));
        *self.directory().journeys.described.lock().unwrap_or_else(PoisonError::into_inner) = entry;
        Ok(described)
    }

    /// Begins a sign-in with the provider; `redirect` is the page that people come back to.
    ///
    /// # Errors
    /// `NotFound` when no provider is set, `Unavailable` when it does not answer.
    pub async fn oidc_begin(self: &Arc<Self>, redirect: &str, now: i64) -> Result<OidcStart> {
        let known = self.known().await?;
        let none = || Error::NotFound { what: "identity provider", value: String::new() };
        let setting = self.oidc_setting(&known).ok_or_else(none)?;
        let described = self.described(&setting, now).await?;
        let back = RedirectUrl::new(redirect.to_owned()).map_err(unavailable)?;
        let client = CoreClient::from_provider_metadata((*described).clone(), ClientId::new(setting.client), None)
            .set_redirect_uri(back);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        let journey = Journey { nonce, verifier, redirect: redirect.to_owned(), until: now + LASTS };
        self.directory().journeys.begin(state.secret(), journey, now);
        Ok(OidcStart { url: url.to_string(), state: state.secret().clone() })
    }

    /// Ends a sign-in with the provider.
    ///
    /// # Errors
    /// `Wrong` for a state nobody began, an answer that does not hold, or somebody without an account here; else see [`SignInRefused`].
    pub async fn oidc_finish(
        self: &Arc<Self>,
        state: &str,
        code: &str,
        address: &str,
        agent: &str,
        now: i64,
    ) -> Result<SignedIn, SignInRefused> {
        let visit = Visit { address, agent, now };
        let Some(journey) = self.directory().journeys.end(state, now) else { return Err(SignInRefused::Wrong) };
        let known = self.known().await?;
        let Some(setting) = self.oidc_setting(&known) else { return Err(SignInRefused::Wrong) };
        let (subject, login) = self.asserted(&setting, journey, code, now).await?;
        let Some((account, credential)) = self.linked(&known, &setting, &subject, login.as_deref(), &visit).await?
        else {
            let mut event = self.event("", address, "refused", now);
            event.detail = Some(serde_json::json!({ "why": "oidc", "subject": subject }).to_string());
            self.store().record_events(vec![event]).await?;
            return Err(SignInRefused::Wrong);
        };
        if !account.active {
            return Err(SignInRefused::Disabled);
        }
        if credential.totp_confirmed {
            let challenge = self.directory().challenges.begin(account.id, &account.login, now);
            return Ok(SignedIn::SecondFactor { challenge });
        }
        Ok(SignedIn::Session(self.begin_session(&account, false, "oidc", &visit).await?))
    }

    /// Who the provider says somebody is: `issuer|sub`, and the login it knows them by.
    async fn asserted(
        &self,
        setting: &Setting,
        journey: Journey,
        code: &str,
        now: i64,
    ) -> Result<(String, Option<String>), SignInRefused> {
        let described = self.described(setting, now).await?;
        let back = RedirectUrl::new(journey.redirect).map_err(unavailable)?;
        let secret = setting.secret.clone().map(ClientSecret::new);
        let client =
            CoreClient::from_provider_metadata((*described).clone(), ClientId::new(setting.client.clone()), secret)
                .set_redirect_uri(back);
        let asked = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(unavailable)?;
        let answer = asked.set_pkce_verifier(journey.verifier).request_async(&self::client()?).await;
        let answer = answer.map_err(|error| {
            tracing::warn!(%error, "the identity provider gave no token");
            SignInRefused::Wrong
        })?;
        let Some(token) = answer.id_token() else { return Err(SignInRefused::Wrong) };
        let claims = token.claims(&client.id_token_verifier(), &journey.nonce).map_err(|error| {
            tracing::warn!(%error, "the identity provider's token does not hold");
            SignInRefused::Wrong
        })?;
        let subject = format!("{}|{}", claims.issuer().as_str(), claims.subject().as_str());
        Ok((subject, claims.preferred_username().map(|login| login.as_str().to_lowercase())))
    }

    /// The account of somebody the provider knows. By login only one that nobody is linked to yet, and none of the three administrators;
    /// it is linked from then on.
    async fn linked(
        &self,
        known: &Known,
        setting: &Setting,
        subject: &str,
        login: Option<&str>,
        visit: &Visit<'_>,
    ) -> Result<Option<(Account, Credential)>, SignInRefused> {
        if let Some(account) = self.store().account_by_subject(subject).await? {
            let credential = self.store().credential(account.id).await?;
            return Ok(credential.map(|credential| (account, credential)));
        }
        let Some(account) = login.filter(|_| setting.by_login).and_then(|login| known.account(login)) else {
            return Ok(None);
        };
        if known.is_administrator(self, account.id) {
            return Ok(None);
        }
        for _ in 0..TRIES {
            let Some(stands) = self.store().account(account.id).await? else { return Ok(None) };
            let Some(read) = self.store().credential(account.id).await? else { return Ok(None) };
            if read.subject.is_some() {
                return Ok(None);
            }
            let (new, must_change) = with_subject(&stands, read.clone(), Some(subject.to_owned()));
            let mut event = self.event(&stands.login, visit.address, "account", visit.now);
            event.id = Some(stands.id);
            let detail = serde_json::json!({ "login": stands.login, "subject": subject, "how": "oidc" });
            event.detail = Some(detail.to_string());
            if self.store().swap_proof(&read, &new, must_change, vec![event]).await? {
                let must_change = must_change.unwrap_or(stands.must_change);
                return Ok(Some((Account { must_change, ..stands }, new)));
            }
        }
        Ok(None)
    }
}

/// A credential linked with somebody at the provider, and whether its password has to be changed, if that is another question now. A password
/// that was given for one sign-in is of no use then and is taken back.
pub(super) fn with_subject(
    account: &Account,
    mut credential: Credential,
    subject: Option<String>,
) -> (Credential, Option<bool>) {
    let taken_back = subject.is_some() && account.must_change;
    if taken_back {
        credential.password = String::new();
    }
    credential.subject = subject;
    (credential, taken_back.then_some(false))
}

fn client() -> Result<Client> {
    // A provider that redirects could send the server anywhere.
    let built = Client::builder().redirect(redirect::Policy::none()).timeout(Duration::from_secs(10)).build();
    built.map_err(unavailable)
}
