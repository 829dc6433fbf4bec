//! Makes the bot's device: logs in, gives the account an identity that signs the device, and keeps a copy of the keys
//! on the server that only the recovery key opens.

use std::fmt;

use matrix_sdk::Client;
use matrix_sdk::encryption::recovery::{RecoveryError, RecoveryState};
use matrix_sdk::encryption::secret_storage::SecretStorageError;
use matrix_sdk::ruma::api::client::uiaa;

use crate::chat::matrix::fault::{fault_of, http_fault, permanent};
use crate::chat::matrix::listen::sync_settings;
use crate::chat::matrix::session::{Home, StoreKey};
use crate::chat::matrix::settings::MatrixSettings;
use crate::domain::fault::{Cause, Fault};

/// How colleagues see the device in their list.
const DEVICE_NAME: &str = "Portevoix";

/// What came of logging in.
#[derive(Debug)]
pub struct LoggedIn {
    /// The device's id on the homeserver.
    pub device: String,
    /// The recovery key, when it is new: it must be kept, in a place of its own. `None` when the one given still holds.
    pub new_recovery_key: Option<RecoveryKey>,
}

/// Opens the account's identity and key backup on the server.
#[derive(Clone)]
pub struct RecoveryKey(String);

impl RecoveryKey {
    /// The key itself, to be written to a file that only its owner reads.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

/// Logs the bot in, or mends a login that was cut short: calling it again is harmless.
///
/// An identity that the account already has is never replaced: it is taken over with `recovery_key`. On a device that
/// is complete and without a recovery key given, the recovery key is renewed (the old one may have been lost before it
/// was written down).
///
/// # Errors
/// `CredentialsRefused` for a wrong password, `RecoveryKeyNeeded` when the account has an identity and the key is
/// missing or wrong, `SessionInUse` while the bot runs, or what the server or the disk says.
pub async fn login(settings: &MatrixSettings, password: &str, recovery_key: Option<&str>) -> Result<LoggedIn, Fault> {
    let home = Home::take(settings)?;
    let (client, is_new_device) = match known_device(&home, settings).await? {
        Some(client) => (client, false),
        None => (new_device(&home, settings, password).await?, true),
    };
    match sign_device(&client, password, recovery_key).await {
        Ok(new_recovery_key) => {
            let device = client.device_id().map(ToString::to_string).unwrap_or_default();
            Ok(LoggedIn { device, new_recovery_key })
        }
        Err(fault) => {
            if is_new_device && *fault.cause() == Cause::RecoveryKeyNeeded {
                // A device that can't be signed is of no use; don't leave it in the account's list.
                if let Err(error) = client.matrix_auth().logout().await {
                    tracing::warn!(%error, "the unused Matrix device could not be removed");
                }
                drop(client);
                home.forget()?;
            }
            Err(fault)
        }
    }
}

/// Whether the device is signed by its own account, as far as is known on this machine.
///
/// # Errors
/// `Disk` when the store fails.
pub async fn is_signed(client: &Client) -> Result<bool, Fault> {
    let device = client.encryption().get_own_device().await.map_err(|error| fault_of(&error.into()))?;
    Ok(device.is_some_and(|device| device.is_cross_signed_by_owner()))
}

/// The device kept in the state directory, if the server still knows it.
async fn known_device(home: &Home, settings: &MatrixSettings) -> Result<Option<Client>, Fault> {
    let Some(session) = home.session(settings)? else { return Ok(None) };
    let client = home.resume(settings, &session).await?;
    match client.whoami().await {
        Ok(_) => {
            client.encryption().wait_for_e2ee_initialization_tasks().await;
            Ok(Some(client))
        }
        Err(error) => {
            let fault = http_fault(&error);
            if *fault.cause() == Cause::CredentialsRefused { Ok(None) } else { Err(fault) }
        }
    }
}

async fn new_device(home: &Home, settings: &MatrixSettings, password: &str) -> Result<Client, Fault> {
    home.forget()?;
    let key = StoreKey::fresh()?;
    let client = home.open(settings, &key).await?;
    let auth = client.matrix_auth();
    let login = auth.login_username(&settings.user, password).initial_device_display_name(DEVICE_NAME);
    login.send().await.map_err(|error| {
        let fault = fault_of(&error);
        // The server's answer to a wrong password is 403.
        let is_wrong_password = matches!(fault.cause(), Cause::Forbidden(_));
        if is_wrong_password { permanent(Cause::CredentialsRefused) } else { fault }
    })?;
    let session = auth.session().ok_or_else(|| permanent(Cause::NotLoggedIn))?;
    // Kept before anything else is done with it: a login that is cut short goes on with this device.
    home.keep(session, &key)?;
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    Ok(client)
}

/// Sees to it that the device is signed and its keys are recoverable. Returns the recovery key if it is a new one.
async fn sign_device(
    client: &Client,
    password: &str,
    recovery_key: Option<&str>,
) -> Result<Option<RecoveryKey>, Fault> {
    // The first sync gives the device's keys to the server: what is not there can't be signed.
    client.sync_once(sync_settings(true)).await.map_err(|error| fault_of(&error))?;
    let encryption = client.encryption();
    let user = client.user_id().ok_or_else(|| permanent(Cause::NotLoggedIn))?.to_owned();
    let identity = encryption.request_user_identity(&user).await.map_err(|error| fault_of(&error))?;
    let holds_identity = encryption.cross_signing_status().await.is_some_and(|status| status.is_complete());
    let mut taken_over = false;
    match (identity, holds_identity, recovery_key) {
        (None, _, _) => make_identity(client, password).await?,
        (Some(_), true, _) => {}
        (Some(_), false, None) => return Err(permanent(Cause::RecoveryKeyNeeded)),
        (Some(_), false, Some(key)) => {
            encryption.recovery().recover(key).await.map_err(|error| recovery_fault(&error))?;
            taken_over = true;
        }
    }
    encryption.request_user_identity(&user).await.map_err(|error| fault_of(&error))?;
    if !is_signed(client).await? && !sign_again(client).await? {
        return Err(permanent(Cause::DeviceNotSigned));
    }
    let recovery = encryption.recovery();
    let key = match (recovery.state(), recovery_key) {
        (RecoveryState::Enabled, Some(_)) => return Ok(None),
        (RecoveryState::Enabled, None) => recovery.reset_key().await,
        (RecoveryState::Unknown | RecoveryState::Disabled | RecoveryState::Incomplete, _) if taken_over => {
            return Ok(None);
        }
        (RecoveryState::Unknown | RecoveryState::Disabled | RecoveryState::Incomplete, _) => recovery.enable().await,
    };
    key.map(|key| Some(RecoveryKey(key))).map_err(|error| recovery_fault(&error))
}

/// Signs the device with an identity that is here: an earlier login was cut short just before.
async fn sign_again(client: &Client) -> Result<bool, Fault> {
    let device = client.encryption().get_own_device().await.map_err(|error| fault_of(&error.into()))?;
    let Some(device) = device else { return Ok(false) };
    if let Err(error) = device.verify().await {
        tracing::warn!(%error, "the Matrix device could not be signed");
        return Ok(false);
    }
    is_signed(client).await
}

/// Gives the account its first identity, which signs this device.
async fn make_identity(client: &Client, password: &str) -> Result<(), Fault> {
    let encryption = client.encryption();
    let Err(error) = encryption.bootstrap_cross_signing(None).await else { return Ok(()) };
    let Some(asked) = error.as_uiaa_response() else { return Err(fault_of(&error)) };
    let user = client.user_id().map(|user| user.localpart().to_owned()).unwrap_or_default();
    let identifier = uiaa::UserIdentifier::Matrix(uiaa::MatrixUserIdentifier::new(user));
    let mut answer = uiaa::Password::new(identifier, password.to_owned());
    answer.session = asked.session.clone();
    encryption.bootstrap_cross_signing(Some(uiaa::AuthData::Password(answer))).await.map_err(|error| fault_of(&error))
}

fn recovery_fault(error: &RecoveryError) -> Fault {
    match error {
        RecoveryError::Sdk(error) | RecoveryError::SecretStorage(SecretStorageError::Sdk(error)) => fault_of(error),
        RecoveryError::BackupExistsOnServer | RecoveryError::SecretStorage(_) => permanent(Cause::RecoveryKeyNeeded),
    }
}
