//! `anju account`: what the operator does for accounts at the machine, where no administrator can reach.

use std::path::Path;

use anju_app::{AccountLine, Actor};

use crate::args::AccountCommand;
use crate::ending::Ending;
use crate::opening;
use crate::print::say;

/// Lists, makes, resets and unlocks accounts.
///
/// # Errors
/// `Usage` for a login that is none, `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, command: AccountCommand) -> Result<(), Ending> {
    let operator = opening::county(dir, command.place()).await?;
    match command {
        AccountCommand::List { .. } => list(&operator).await,
        AccountCommand::Add { login, name, .. } => {
            let (account, password) = operator.make_account(&login, &name).await?;
            once(&account.login, &password);
            Ok(())
        }
        AccountCommand::ResetPassword { login, .. } => {
            let line = find(&operator, &login).await?;
            let password = operator.reset_password(line.account.id).await?;
            once(&line.account.login, &password);
            Ok(())
        }
        AccountCommand::ResetSecondFactor { login, .. } => {
            let line = find(&operator, &login).await?;
            operator.reset_second_factor(line.account.id).await?;
            say(format_args!(
                "{login}: the second factor is off; it is set up anew at the next sign-in if a role asks for it"
            ));
            Ok(())
        }
        AccountCommand::Unlock { login, .. } => {
            let line = find(&operator, &login).await?;
            operator.unlock(line.account.id).await?;
            say(format_args!("{login}: unlocked; a server that runs keeps its own count for some minutes"));
            Ok(())
        }
    }
}

/// The password is told here and stored nowhere.
fn once(login: &str, password: &str) {
    say(format_args!("{login}  {password}"));
    say("一次性密码，首次登录须修改 · for one sign-in; it has to be changed there");
}

async fn list(operator: &Actor) -> Result<(), Ending> {
    let now = operator.now();
    for line in operator.accounts().await? {
        let state = match (line.account.active, line.locked_until > now) {
            (false, _) => "disabled",
            (true, true) => "locked",
            (true, false) if line.account.must_change => "must change password",
            (true, false) => "active",
        };
        let factor = if line.second_factor { "second factor" } else { "" };
        say(format_args!("{:<20} {:<12} {state:<22} {factor}", line.account.login, line.account.name));
    }
    Ok(())
}

async fn find(operator: &Actor, login: &str) -> Result<AccountLine, Ending> {
    let lines = operator.accounts().await?;
    let found = lines.into_iter().find(|line| line.account.login == login);
    found.ok_or_else(|| Ending::Usage(format!("there is no account “{login}”; `anju account list` shows them")))
}
