# What the bot says, in English.

## The card

card-title = { $number } · !{ $command } · version { $revision }
card-replaced = Replaced by version { $current }: vote on its card, further down. Nothing counts here any more.
card-incomplete = ✏️ To complete before the vote:
card-review = 🗳 To approve before { $deadline }. { $waits }.
card-approved = ⏳ Approved. Goes out at { $at }. { $hold } to hold.
card-approved-planned = ⏳ Approved. Publication on { $at }; tap { $hold } to hold it.
card-planned = 🕒 To be published on { $at }, if it is approved by then.
card-hour-came = 🕒 Its hour has passed ({ $at }): it goes out as soon as it is approved.
card-hour-came-held = 🕒 Its hour has passed ({ $at }).
card-held = ⏸ Approved, held by { $by }. Goes out once { $hold } is taken back.
card-publishing = 📤 Publishing.
card-stuck = 🟠 Publishing: an account awaits your answer in the thread.
card-published = ✅ Published.
card-vetoed = ⛔ Refused by { $by }. Asked why in the thread.
card-vetoed-because = ⛔ Refused by { $by }:
card-withdrawn = Withdrawn by { $by }. Nothing was published.
card-expired = Lapsed: not approved before { $deadline }. Nothing was published.
card-closes = Closes { $of }. Once approved:
card-rectifies = Rectifies { $of }. Once approved:
card-closed-by = 🗂 Closed by { $by }.
card-rectified-by = ✏️ Rectified by { $by }.
card-step-take-down = 🗑 { $account }: the post is taken down, and nothing is put in its place
card-step-last-word = 🗑 { $account }: the post is taken down, then this last word is published
card-step-replace = 🗑 { $account }: the post is taken down, then this text is published
card-step-edit = ✏️ { $account }: the post is changed in place
card-relays = 📣 Relay of { $of }, asked for by another directorate: if you approve, our accounts show this post on as it is.
card-relayed-post = The published post ({ $account })
card-votes = For: { $names }.
card-how = { $approve } approve · { $veto } refuse · { $hold } hold
card-how-word = ✍️ To approve, answer this card by typing: { $word }
    { $veto } refuse · { $hold } hold
card-length = { $account } { $used }/{ $limit }
card-length-over = { $account } { $used }/{ $limit } ({ $over } too many)
card-cost = { $label } ≈ { $cost }
card-cost-with-link = { $label } ≈ { $cost } ({ $cheaper } without its link)
card-picture = 🖼 Picture { $place } ({ $width } × { $height }, { $kilobytes } kB): “{ $alt }”
card-picture-without-alt = 🖼 Picture { $place } ({ $width } × { $height }, { $kilobytes } kB)
card-internal = 🔒 { $field }: { $value } (internal)
card-warning-lifted = { $warning } — lifted by { $by }
card-warning-stands = { $warning } 🔓 An approver must lift it: !lever { $number }
card-warning = ⚠️ “{ $words }”: { $why }
card-foot = Written by { $authors }. Seal { $seal }.

wanting-votes =
    { $votes ->
        [one] 1 vote missing
       *[other] { $votes } votes missing
    }
wanting-votes-of =
    { $votes ->
        [one] 1 vote missing ({ $roles })
       *[other] { $votes } votes missing ({ $roles })
    }
wanting-roles = the agreement of { $roles } is needed

blocker-missing = { $field }: { $ask }
blocker-too-long =
    { $over ->
        [one] { $account }: 1 character too many
       *[other] { $account }: { $over } characters too many
    }
blocker-check = ⛔ “{ $words }”: { $why }
blocker-empty = { $account }: the text would be empty
blocker-no-account = this directorate has no account to publish to: the administrator can add one
blocker-picture-coming = { $name }: I am preparing the picture
blocker-too-many-pictures =
    { $most ->
        [one] { $account } takes one picture only: remove the message of another one
       *[other] { $account } takes { $most } pictures at most: remove the message of another one
    }
blocker-picture-too-large = { $account }: a picture is larger than { $kilobytes } kB, send a smaller one
blocker-alt-too-long =
    { $over ->
        [one] { $account }: the description of a picture is 1 character too long
       *[other] { $account }: the description of a picture is { $over } characters too long
    }

progress-owed = ⏳ { $account }: sending…
progress-retrying = 🟠 { $account }: { $why } Next try at { $at }.
progress-uncertain = 🟠 { $account }: may be published. { $why } Answer in the thread.
progress-refused = 🔴 { $account }: not published. { $why }
progress-not-removed = 🔴 { $account }: not taken down yet. { $why }
progress-stopped = ⏹ { $account }: nothing went out
progress-taken-down = 🗑 { $account }: taken down
progress-online = ✅ { $account }

## In the thread

notice-asked = { $ask } Answer here (field “{ $field }”).
notice-asked-next = Still missing after that: { $rest }.
notice-blocked = Before anyone can vote, please correct:
notice-completed = Complete: vote on this card.
notice-approved = ✅ { $by } approved.
notice-approved-waiting = ✅ { $by } approved. { $waits }.
notice-warnings-lifted = 🔓 { $by } lifted: { $words }. The card can be approved.
notice-vote-taken-back = { $by } took the approval back.
notice-revised =
    { $lost ->
        [0] Version { $revision }, by { $by }: vote on this card.
        [one] Version { $revision }, by { $by }. The vote on the version before no longer counts: vote on this card.
       *[other] Version { $revision }, by { $by }. The { $lost } votes on the version before no longer count: vote on this card.
    }
notice-pictures-removed =
    { $lost ->
        [0] Version { $revision }: a message was removed, and its picture with it. Vote on this card.
        [one] Version { $revision }: a message was removed, and its picture with it. The vote given to the previous version no longer counts: vote on this card.
       *[other] Version { $revision }: a message was removed, and its picture with it. The { $lost } votes given to the previous version no longer count: vote on this card.
    }
notice-goes-out = The votes are there. Goes out at { $at }.
notice-goes-out-as-planned = The votes are in. Publication on { $at }.
notice-planned =
    { $lost ->
        [0] 🕒 { $by } set the hour of publication: { $at }. Nothing goes out before it, nor without approval.
        [one] 🕒 { $by } set the hour of publication: { $at }. Nothing goes out before it. The vote already cast said nothing of this hour: vote on this card.
       *[other] 🕒 { $by } set the hour of publication: { $at }. Nothing goes out before it. The { $lost } votes already cast said nothing of this hour: vote on this card.
    }
notice-planned-twice = That night the hour comes twice: I take the first one; for the second, add “heure d'hiver”.
notice-unplanned =
    { $lost ->
        [0] 🕒 { $by } took the hour away: publication as soon as it is approved.
        [one] 🕒 { $by } took the hour away: publication as soon as it is approved. The vote already cast was for that hour: vote on this card.
       *[other] 🕒 { $by } took the hour away: publication as soon as it is approved. The { $lost } votes already cast were for that hour: vote on this card.
    }
notice-called = 🔔 { $names } ({ $role }): draft { $number } waits for your vote, and nobody has voted yet.
notice-called-role = 🔔 { $role }: draft { $number } waits for your vote, and nobody has voted yet.
notice-due-soon = ⏰ Not approved yet, and the hour is near: { $at }.
notice-hour-came = 🕒 The hour has come ({ $at }), and it is not approved: nothing went out. It will as soon as it is approved.
notice-hour-came-held = 🕒 The hour has come ({ $at }), and it is held: nothing went out. It will once the hold is taken back.
notice-late = 🕒 Published late: it was planned for { $at }.
notice-held = ⏸ Held by { $by }. Nothing goes out while the reaction stays.
notice-hold-taken-back = { $by } lifts the hold.
notice-vetoed = ⛔ { $by } refuses. { $by }, why? Answer here.
notice-veto-explained = { $by }'s reason:
notice-veto-taken-back = { $by } takes the refusal back.
notice-withdrawn = Draft withdrawn by { $by }. Nothing was published.
notice-expired = Not approved in time: the draft lapsed, nothing was published. To start again, send the command again.
notice-online = ✅ Online on { $account }
notice-retrying = { $account }: { $why } I try again at { $at }, there is nothing to do.
notice-looking = { $account }: { $why } I look at { $at } whether it is online before sending anything again.
notice-ask-whether-online = { $account }: { $why } I can't tell whether it is online. Look at the account, then tap ✅ (it is online) or 🔁 (send again).
notice-ask-to-retry = { $account }: not published. { $why } Once mended, tap 🔁 to send again.
notice-closed = 🗂 { $by } is approved: it closes this draft. Nothing more of it will be published.
notice-rectified = ✏️ { $by } is approved: it replaces this text. Nothing more of this version will be published.
notice-taken-down = 🗑 { $account }: the post is taken down. For 24 hours I look whether it shows again.
notice-gone = 👀 { $account }: checked, neither the post nor its pictures can be seen any more.
notice-post-left = 🟠 { $account }: the post that was taken down can still be seen, or again. Look at the account; I go on checking.
notice-picture-left = 🟠 { $account }: a picture of the post that was taken down can still be reached. I go on checking.
notice-never-seen = 🟠 { $account }: in 24 hours I could not check that the post is gone. Look at the account.
notice-ask-to-remove = { $account }: the post is not taken down yet. { $why } Once that is mended, tap 🔁.
notice-removal-retrying = { $account }: the post is not taken down yet. { $why } I try again at { $at }, you need do nothing.
relay-sent = 📣 Relay asked for: { $to }. Their answer comes in the thread of the draft.
relay-accepted = 📣 { $relay }: relay accepted.
relay-refused = 📣 { $relay }: relay refused.
relay-withdrawn = 📣 { $relay }: relay withdrawn.
relay-lapsed = 📣 { $relay }: relay left without an answer.
relay-done = 📣 { $relay }: shown on by all of its accounts.
relay-undone = 📣 { $relay }: the relay is undone.
relay-no-account = 📣 { $directorate } has no account on any network on which this post is: nothing to show on.
relay-over = 📣 { $of } was closed or rectified by its directorate: this relay is over, and what was shown on is taken back.
relay-undone-here = 📣 { $account }: the post is not shown on any more.
notice-card-lost = The card was removed from the room: here it is again. Votes already given still count.
notice-origin-removed = The first message was removed; the draft stays. To drop it: !retirer { $number }
notice-picture-refused = “{ $name }” is not in the draft. { $why }
notice-stranger = Hello. You are not on the team of { $directorate }: I can't take your request or count your vote. The administrator can add you.
notice-unreadable = { $by }, I can't decrypt this message. Please send it again.
notice-unknown-command = I don't know !{ $typed }. The list: !aide
notice-unknown-command-near = I don't know !{ $typed }. Did you mean !{ $nearest }?
notice-bad-input = I recorded nothing. Correct your message (by editing it):
notice-no-drafts = No open drafts.
notice-drafts =
    { $count ->
        [one] 1 open draft:
       *[other] { $count } open drafts:
    }
notice-draft-line = { $number } · !{ $command } · { $state } · { $beginning }
notice-draft-planned = { $line } · 🕒 { $at }
notice-shown = To vote, go to the draft's card.

## Help

help-all = Type a command and I make a draft of it; nothing goes out unapproved. Details: !aide appel
help-line = !{ $word }: { $about }
help-aliases = Also: { $aliases }
help-examples =
    { $count ->
        [one] Example:
       *[other] Examples:
    }
help-field = { $field }: { $about }
help-field-required = { $field } (required): { $about }
help-field-internal = 🔒 { $field } (internal, never published): { $about }
help-field-required-internal = 🔒 { $field } (required, internal, never published): { $about }

## Why it was not done

refusal-author = You wrote this text: a colleague must approve it. To drop it: !retirer
refusal-role = Your role can't approve this. These can: { $roles }.
refusal-old-revision = Vote not counted: version { $voted } was replaced by version { $current }. Vote on its card, further down.
refusal-word-needed = Thank you, but a reaction is not enough to approve here. Answer the card by typing: { $word }
refusal-wrong-word = Approval not counted: this is not the seal of the card. Copy it from the card, eight signs like k7f2-9qd1.
refusal-word-elsewhere = Approval not counted: type this seal in answer to the card of { $number }, or in its thread.
refusal-unencrypted = Approval not counted: your message did not come encrypted, any server could have written it. Send it again from an app that encrypts (Tchap, Element).
refusal-unverified-device = Approval not counted: your device is not verified, nothing proves that this message is yours. Verify it in your app's settings (Security or Sessions), then send the seal again.
refusal-changed-identity = Approval not counted: your encryption identity has changed since last time. Tell the administrator; meanwhile a colleague can approve.
refusal-warnings-stand = Vote not counted: an approver must first lift { $words }, by answering the card with !lever. Then take your ✅ back and tap it again.
refusal-author-does-not-lift = You wrote this text: another approver must lift its warnings.
refusal-nothing-to-lift = There is nothing to lift: no such warning stands, or it was lifted already.
refusal-incomplete = Vote not counted, still missing: { $blockers }.
refusal-too-late = Too late: it is going out or out.
refusal-over = This draft is no longer open ({ $state }).
refusal-not-out = Nothing of this draft is published: !retirer gives it up, !modifier changes it.
refusal-followed = { $by } takes care of that: see its card. Once it is approved, what is online goes by that number.
refusal-relayed-as-it-is = A relay is made as it is: the text is another directorate's. Approve or refuse it.
refusal-not-yours = Only the authors and approvers of this draft can do that.
refusal-command-changed = A draft's command can't be changed. Withdraw it (!retirer), then type the new one.
refusal-nothing-changed = The text is that already: nothing changed.
refusal-no-such-draft = No draft { $number } here. The open drafts: !brouillons
refusal-nothing-asked = There is nothing to confirm for this account.

## What was not understood

problem-empty = The text is missing.
problem-too-long = { $characters } characters are too many: { $most } at most.
problem-forbidden-character = An invisible character ({ $code }) got into the text. Type that passage again by hand.
problem-piled-marks = Too many accents piled on one letter. Type that passage again.
problem-given-twice = { $field }: given twice. Keep one.
problem-unknown-field = { $typed }: no such field.
problem-unknown-field-near = { $typed }: no such field. Did you mean { $nearest }?
problem-not-a-date = { $field }: “{ $value }” is not a possible date. Example: 12/03 à 22h30
problem-not-a-phone = { $field }: “{ $value }” is not a phone number. Example: 02 61 91 44 17
problem-not-an-age = { $field }: “{ $value }” is not an age. Example: 12 ans
problem-not-yes-or-no = { $field }: answer oui or non, not “{ $value }”.
problem-not-a-choice = { $field }: “{ $value }” is not in the list: { $choices }.
problem-value-too-long = { $field }: too long, { $most } characters at most.
problem-no-plan = When? Examples: demain 8h30, vendredi 18h, dans 2 h; “annuler” takes the hour away.
problem-not-a-plan = “{ $typed }”: I do not understand when. Examples: demain 8h30, vendredi 18h, le 3 mars à 7h, dans 2 h
problem-plan-without-hour = At what hour? Example: demain 8h30
problem-plan-past = That is past: { $at }.
problem-plan-too-far = { $at }: that is more than a year ahead, I do not plan so far.
problem-plan-skipped = That hour does not exist, because clocks are set forward. The nearest ones: { $before }, or { $after }.
problem-plan-midnight = Which midnight? { $first }, or { $second }? Write the date and “0h”.
problem-no-such-directorate = “{ $typed }”: no directorate of that code can be asked. Example: !relais 44-12 35 67
problem-no-national = Whom to ask? No national directorate is configured: write codes. Example: !relais 44-12 35 67
problem-no-draft-number = Which draft? Example: { $code }-12
problem-not-a-draft-number = “{ $typed }” is not a draft number. Example: { $code }-12

unfit-unknown-kind = This file is no picture that I can read: send it as JPEG or PNG.
unfit-damaged = The file is damaged or cut short: send it again.
unfit-animated = The picture is animated: send a still one.
unfit-too-large = The file is larger than { $megabytes } MB: send a smaller one.
unfit-too-many-pixels = The picture has more than { $millions } million pixels: send a smaller one.
unfit-not-fetched = I could not fetch it. { $why } Send it again.

## Where a draft stands

state-incomplete = to complete
state-review = to approve
state-approved = approved, about to go out
state-planned = approved, planned
state-held = approved, held
state-publishing = going out
state-stuck = awaits your answer
state-published = published
state-vetoed = refused
state-closed = closed
state-rectified = rectified
state-withdrawn = withdrawn
state-expired = lapsed

## What failed, and what to do

cause-unreachable = Server unreachable.
cause-timed-out = No answer in time.
cause-connection-cut = The connection broke before an answer came.
cause-interrupted = Sending was interrupted.
cause-restored = My memory was put back to an older state: this text may have gone out meanwhile.
cause-rate-limited = Too many requests for this network, it has to wait.
cause-credentials-refused = The network refuses our credentials: the administrator must renew them.
cause-forbidden = The network forbids it to this account (“{ $detail }”): the administrator must check its permissions.
cause-refused = The network refuses the request: “{ $detail }”.
cause-duplicate = The network says that it has this text already.
cause-payment-required = This account's credit is used up (“{ $detail }”): the administrator must top it up.
cause-login-needed = The bot has no access to this account, or no more: the administrator must run `portevoix login`.
cause-picture-refused = The picture is refused: “{ $detail }”.
cause-missing-intent = The bot does not hear everything: turn on “{ $detail }” on the application's Bot page.
cause-missing-permission = The bot lacks the permission “{ $detail }” in this room.
cause-server-error = The network is down ({ $detail }).
cause-not-the-api = The server answers with a web page, not its API (“{ $detail }”): the administrator must check the address.
cause-disk = The disk refuses to write (“{ $detail }”): tell the administrator.
cause-id-unknown = I do not know which of the account's posts it is: take it down by hand.
cause-old-unsettled = I do not know yet whether the old post went out.
cause-superseded = Another draft has replaced it.
cause-no-such-account = This account is no longer in the configuration: the administrator must put it back.
cause-seal-broken = The stored text is not the one that was approved: nothing is sent. Tell the administrator.
cause-not-in-room = I am not in the room.
cause-not-encrypted = The room is not encrypted: what is said there of an inquiry could be read on the server. Turn encryption on in the room.
cause-not-logged-in = The bot has no session on this machine yet: run `portevoix login matrix`.
cause-session-in-use = Another process already uses this session: stop it first.
cause-device-not-signed = The bot's device is not signed by its account, careful clients will ignore it: run `portevoix login matrix` again with the recovery key.
cause-recovery-key-needed = This account already has an identity: give its recovery key to `portevoix login matrix`.

# Where a chat lets people fill in a command field by field. Names: lower case, no space.
offered-number-name = number
offered-number = The number of the draft, 44-12 for example
offered-fields-name = fields
offered-fields = What changes, for example: lieu: place Royale ; date: hier vers 23h
offered-hour-name = when
offered-hour = The hour, for example: demain 8h30; “annuler” takes it away
offered-directorates-name = directorates
offered-directorates = Whom to ask, for example: 35 67; the national one if nothing is said
offered-command-name = command
offered-command = The command to explain
offered-elsewhere = I do not work in this channel: use the command in your team's channel.
offered-too-long = That is too long for Discord: shorten it, or write the command as a message.
