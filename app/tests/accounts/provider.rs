//! Signing in with an identity provider that is started here: what it says is believed only when everything fits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anju_app::{EventQuery, SignInRefused, SignedIn};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::desk::{COUNTY, Desk, HERE, code, in_sqlite};

const CLIENT: &str = "anju";
const BACK: &str = "https://anju.example/sign-in/oidc/back";

/// What the provider says of whoever comes with the code.
#[derive(Clone)]
struct Says {
    subject: String,
    login: String,
    nonce: String,
    challenge: String,
    audience: String,
    expires: i64,
    forged: bool,
}

struct Provider {
    issuer: String,
    key: CoreEdDsaPrivateSigningKey,
    stranger: CoreEdDsaPrivateSigningKey,
    says: Mutex<HashMap<String, Says>>,
}

fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    // PKCS #8 of an Ed25519 key (RFC 8410).
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend([seed; 32]);
    let line = |word: &str| format!("-----{word} PRIVATE KEY-----");
    let pem = format!("{}\n{}\n{}\n", line("BEGIN"), BASE64_STANDARD.encode(der), line("END"));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("one".into()))).unwrap()
}

impl Provider {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Arc::new(Self { issuer, key: key(7), stranger: key(9), says: Mutex::default() });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route(
                "/jwks",
                get(async |State(it): State<Arc<Self>>| Json(json!({ "keys": [it.key.as_verification_key()] }))),
            )
            .route("/token", post(token))
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn signed(&self, says: &Says) -> String {
        let part = |json: Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        let head = part(json!({ "alg": "EdDSA", "kid": "one" }));
        let claims = part(json!({
            "iss": self.issuer, "sub": says.subject, "aud": says.audience, "nonce": says.nonce,
            "iat": says.expires - 600, "exp": says.expires, "preferred_username": says.login,
        }));
        let by = if says.forged { &self.stranger } else { &self.key };
        let signature = by.sign(&CoreJwsSigningAlgorithm::EdDsa, format!("{head}.{claims}").as_bytes()).unwrap();
        format!("{head}.{claims}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn describe(State(it): State<Arc<Provider>>) -> Json<Value> {
    let at = |path: &str| format!("{}/{path}", it.issuer);
    Json(json!({
        "issuer": it.issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("jwks"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

/// A code is taken once, with the verifier that its challenge was made of.
async fn token(
    State(it): State<Arc<Provider>>,
    Form(asked): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let says = it.says.lock().unwrap().remove(asked.get("code").map_or("", String::as_str));
    let verifier = asked.get("code_verifier").cloned().unwrap_or_default();
    let fits = |says: &Says| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == says.challenge;
    match says.filter(fits) {
        Some(says) => {
            (StatusCode::OK, Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": it.signed(&says) })))
        }
        None => (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))),
    }
}

/// Goes to the provider and comes back, as somebody, with a change to what the provider says.
async fn journey(
    desk: &Desk,
    provider: &Provider,
    (subject, login): (&str, &str),
    change: impl FnOnce(&mut Says),
) -> (String, Result<SignedIn, SignInRefused>) {
    let now = desk.app.now();
    let start = desk.app.oidc_begin(BACK, now).await.unwrap();
    let query: HashMap<&str, &str> =
        start.url.split_once('?').unwrap().1.split('&').filter_map(|pair| pair.split_once('=')).collect();
    assert_eq!((query["state"], query["client_id"], query["response_type"]), (start.state.as_str(), CLIENT, "code"));
    assert_eq!(query["code_challenge_method"], "S256");
    let mut says = Says {
        subject: subject.into(),
        login: login.into(),
        nonce: query["nonce"].into(),
        challenge: query["code_challenge"].into(),
        audience: CLIENT.into(),
        expires: now / 1_000 + 300,
        forged: false,
    };
    change(&mut says);
    provider.says.lock().unwrap().insert("the-code".into(), says);
    let done = desk.app.oidc_finish(&start.state, "the-code", HERE, "test", now).await;
    (start.state, done)
}

async fn set_up(desk: &Desk, provider: &Provider) {
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    desk.account("security", &[("security", COUNTY)]).await;
    desk.set("oidc.issuer", &provider.issuer).await;
    desk.set("oidc.client_id", CLIENT).await;
    desk.actor("keeper").await.put_setting("oidc.client_secret", "s3").await.unwrap();
    // What was set counts from the next question on.
    desk.actor("keeper").await;
    assert!(desk.app.oidc_on());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_linked_signs_in_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let desk = in_sqlite(folder.path()).await;
    let provider = Provider::start().await;
    set_up(&desk, &provider).await;
    let li = desk.account("li", &[("office", COUNTY)]).await;
    let (_, stranger) = journey(&desk, &provider, ("7", "li"), |_| ()).await;
    assert_eq!(stranger.err(), Some(SignInRefused::Wrong), "a login alone links nobody");
    let subject = format!("{}|7", provider.issuer);
    desk.actor("keeper").await.link_subject(li, Some(&subject)).await.unwrap();
    let (state, done) = journey(&desk, &provider, ("7", "anything"), |_| ()).await;
    let Ok(SignedIn::Session(session)) = done else { panic!("linked") };
    assert_eq!(session.actor.who().login, "li");
    assert!(desk.app.session(&session.token, HERE, desk.app.now()).await.unwrap().is_some());
    let again = desk.app.oidc_finish(&state, "the-code", HERE, "test", desk.app.now()).await;
    assert_eq!(again.err(), Some(SignInRefused::Wrong), "a journey is made once");
    desk.actor("keeper").await.set_active(li, false).await.unwrap();
    let (_, disabled) = journey(&desk, &provider, ("7", "li"), |_| ()).await;
    assert_eq!(disabled.err(), Some(SignInRefused::Disabled));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let desk = in_sqlite(folder.path()).await;
    let provider = Provider::start().await;
    set_up(&desk, &provider).await;
    let li = desk.account("li", &[("office", COUNTY)]).await;
    desk.actor("keeper").await.link_subject(li, Some(&format!("{}|7", provider.issuer))).await.unwrap();
    type Change = fn(&mut Says);
    let changes: [(&str, Change); 5] = [
        ("signed by a stranger", |says| says.forged = true),
        ("another's nonce", |says| says.nonce = "replayed".into()),
        ("for another client", |says| says.audience = "bank".into()),
        ("expired", |says| says.expires -= 3_600),
        ("without the verifier's challenge", |says| says.challenge = "x".into()),
    ];
    for (what, change) in changes {
        let (_, done) = journey(&desk, &provider, ("7", "li"), change).await;
        assert_eq!(done.err(), Some(SignInRefused::Wrong), "{what}");
    }
    let unknown = desk.app.oidc_finish("no-such-state", "the-code", HERE, "test", desk.app.now()).await;
    assert_eq!(unknown.err(), Some(SignInRefused::Wrong));
    assert!(journey(&desk, &provider, ("7", "li"), |_| ()).await.1.is_ok(), "what fits is believed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_links_only_if_set_and_gives_no_right_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let desk = in_sqlite(folder.path()).await;
    let provider = Provider::start().await;
    set_up(&desk, &provider).await;
    let keeper = desk.actor("keeper").await;
    desk.set("oidc.by_login", "true").await;
    let (account, given) = keeper.make_account("zhao", "赵敏").await.unwrap();
    let (_, done) = journey(&desk, &provider, ("8", "Zhao"), |_| ()).await;
    let Ok(SignedIn::Session(session)) = done else { panic!("linked by login") };
    assert!(session.owes.is_none() && session.actor.rights().reads_nothing(), "no grant, no right");
    let now = desk.app.now();
    assert_eq!(
        desk.try_from("zhao", &given, HERE, now).await.err(),
        Some(SignInRefused::Wrong),
        "the given password is taken back"
    );
    assert_eq!(desk.store.account_by_subject(&format!("{}|8", provider.issuer)).await.unwrap().unwrap().id, account.id);
    let events =
        desk.app.operator().events(EventQuery { id: Some(account.id), limit: 9, ..EventQuery::default() }).await;
    let linked = events.unwrap().into_iter().find(|event| event.act == "account" && event.actor == "zhao").unwrap();
    assert!(linked.detail.unwrap().contains(&format!("{}|8", provider.issuer)), "the link is written down");
    let (_, taken) = journey(&desk, &provider, ("9", "zhao"), |_| ()).await;
    assert_eq!(taken.err(), Some(SignInRefused::Wrong), "the login is somebody else's by now");
    let (_, three) = journey(&desk, &provider, ("10", "security"), |_| ()).await;
    assert_eq!(three.err(), Some(SignInRefused::Wrong), "never one of the three");

    let secret = session.actor.begin_totp().await.unwrap().secret;
    session.actor.confirm_totp(&code(&secret, now)).await.unwrap();
    let (_, second) = journey(&desk, &provider, ("8", "zhao"), |_| ()).await;
    let Ok(SignedIn::SecondFactor { challenge }) = second else { panic!("the second factor is asked for here too") };
    assert!(desk.code(&challenge, &code(&secret, now + 60_000), now + 60_000).await.is_ok());
}
