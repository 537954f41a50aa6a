//! The two suites of algorithms: how a field is sealed and how a blind index is made.

use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U12;
use aes_gcm::{Aes256Gcm, AesGcm, KeyInit, Nonce, Tag};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sm3::Sm3;
use sm4::Sm4;

use crate::error::{Result, VaultError};

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG: usize = 16;
/// Bytes of a blind index.
const INDEX: usize = 16;

/// Which algorithms are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suite {
    /// AES-256-GCM and HMAC-SHA-256.
    International,
    /// SM4-GCM and HMAC-SM3, of the commercial standards GB/T 32907 and GB/T 32905.
    Commercial,
}

impl Suite {
    /// Bytes of an encryption key.
    pub(crate) const fn key_length(self) -> usize {
        match self {
            Self::International => 32,
            Self::Commercial => 16,
        }
    }

    /// The algorithms' names.
    pub const fn algorithms(self) -> &'static str {
        match self {
            Self::International => "AES-256-GCM, HMAC-SHA-256",
            Self::Commercial => "SM4-GCM, HMAC-SM3",
        }
    }
}

/// A key made ready.
pub(crate) enum Cipher {
    Aes(Box<Aes256Gcm>),
    Sm4(Box<AesGcm<Sm4, U12>>),
}

impl Cipher {
    pub fn new(suite: Suite, key: &[u8]) -> Result<Self> {
        let wrong = |_| VaultError::Malformed(format!("an encryption key has {} bytes", suite.key_length()));
        Ok(match suite {
            Suite::International => Self::Aes(Box::new(Aes256Gcm::new_from_slice(key).map_err(wrong)?)),
            Suite::Commercial => Self::Sm4(Box::new(AesGcm::new_from_slice(key).map_err(wrong)?)),
        })
    }

    /// Encrypts in place; only texts of gigabytes are refused.
    pub fn encrypt(&self, nonce: &[u8; NONCE], context: &[u8], text: &mut [u8]) -> Option<[u8; TAG]> {
        let nonce = Nonce::from(*nonce);
        let tag: Tag = match self {
            Self::Aes(cipher) => cipher.encrypt_inout_detached(&nonce, context, text.into()),
            Self::Sm4(cipher) => cipher.encrypt_inout_detached(&nonce, context, text.into()),
        }
        .ok()?;
        Some(tag.into())
    }

    /// Decrypts in place, if nothing was changed.
    pub fn decrypt(&self, nonce: [u8; NONCE], context: &[u8], text: &mut [u8], tag: [u8; TAG]) -> Option<()> {
        let (nonce, tag) = (Nonce::from(nonce), Tag::from(tag));
        match self {
            Self::Aes(cipher) => cipher.decrypt_inout_detached(&nonce, context, text.into(), &tag),
            Self::Sm4(cipher) => cipher.decrypt_inout_detached(&nonce, context, text.into(), &tag),
        }
        .ok()
    }
}

/// A key of blind indexes, made ready.
pub(crate) enum Blind {
    Sha(Box<Hmac<Sha256>>),
    Sm3(Box<Hmac<Sm3>>),
}

impl Blind {
    pub fn new(suite: Suite, key: &[u8]) -> Result<Self> {
        let wrong = |_| VaultError::Malformed("the index key is too short".to_owned());
        Ok(match suite {
            Suite::International => Self::Sha(Box::new(Hmac::new_from_slice(key).map_err(wrong)?)),
            Suite::Commercial => Self::Sm3(Box::new(Hmac::new_from_slice(key).map_err(wrong)?)),
        })
    }

    /// The first bytes of the HMAC of context and text, which no other pair of them gives.
    pub fn index(&self, context: &str, text: &str) -> [u8; INDEX] {
        fn run<M: Mac + Clone>(mac: &M, context: &str, text: &str) -> [u8; INDEX] {
            let mut mac = mac.clone();
            mac.update(&(context.len() as u64).to_le_bytes());
            mac.update(context.as_bytes());
            mac.update(text.as_bytes());
            let whole = mac.finalize().into_bytes();
            std::array::from_fn(|place| whole[place])
        }
        match self {
            Self::Sha(mac) => run(&**mac, context, text),
            Self::Sm3(mac) => run(&**mac, context, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        std::array::from_fn(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).expect("hex"))
    }

    #[test]
    fn sm4_gcm_is_as_in_rfc_8998() {
        let cipher = Cipher::new(Suite::Commercial, &bytes::<16>("0123456789ABCDEFFEDCBA9876543210")).unwrap();
        let nonce = bytes("00001234567800000000ABCD");
        let context = bytes::<20>("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let clear: [u8; 64] = bytes(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        );
        let mut text = clear;
        let tag = cipher.encrypt(&nonce, &context, &mut text).unwrap();
        let sealed: [u8; 64] = bytes(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D",
        );
        assert_eq!((text, tag), (sealed, bytes("83DE3541E4C2B58177E065A9BF7B62EC")));
        cipher.decrypt(nonce, &context, &mut text, tag).unwrap();
        assert_eq!(text, clear);
    }

    #[test]
    fn aes_256_gcm_is_as_in_its_specification() {
        let cipher = Cipher::new(Suite::International, &[0; 32]).unwrap();
        let mut text = [0_u8; 16];
        let tag = cipher.encrypt(&[0; NONCE], &[], &mut text).unwrap();
        assert_eq!(text, bytes("cea7403d4d606b6e074ec5d3baf39d18"));
        assert_eq!(tag, bytes("d0d1c8a799996bf0265b98b5d48ab919"));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert!(
            Cipher::new(Suite::Commercial, &[0; 32]).is_err() && Cipher::new(Suite::International, &[0; 16]).is_err()
        );
    }
}
