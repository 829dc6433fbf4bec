# Ce que le bot dit, en français. Il parle comme un collègue : court, exact, aimable. Il vouvoie.

## La carte

card-title = { $number } · !{ $command } · version { $revision }
card-replaced = Remplacée par la version { $current } : votez sur sa carte, plus bas. Ici, plus rien n'est compté.
card-incomplete = ✏️ À compléter avant le vote :
card-review = 🗳 À valider, avant le { $deadline }. { $waits }.
card-approved = ⏳ Validé. Publication à { $at } ; touchez { $hold } pour suspendre.
card-approved-planned = ⏳ Validé. Publication le { $at } ; touchez { $hold } pour suspendre.
card-planned = 🕒 Publication prévue le { $at }, si c'est validé d'ici là.
card-hour-came = 🕒 L'heure prévue est passée ({ $at }) : partira dès la validation.
card-hour-came-held = 🕒 L'heure prévue est passée ({ $at }).
card-held = ⏸ Validé, suspendu par { $by }. Partira quand { $hold } sera retiré.
card-publishing = 📤 Publication en cours.
card-stuck = 🟠 Publication en cours : un compte attend votre réponse dans le fil.
card-published = ✅ Publié.
card-vetoed = ⛔ Refusé par { $by }. Motif demandé dans le fil.
card-vetoed-because = ⛔ Refusé par { $by }, qui peut retirer son refus ; sinon, modifiez le texte. Motif :
card-withdrawn = Retiré par { $by }. Rien n'a été publié.
card-expired = Périmé : pas validé avant le { $deadline }. Rien n'a été publié.
card-closes = Clôture de { $of }. Une fois validé :
card-rectifies = Rectification de { $of }. Une fois validé :
card-closed-by = 🗂 Clos par { $by }.
card-rectified-by = ✏️ Rectifié par { $by }.
card-step-take-down = 🗑 { $account } : le message publié est retiré, sans rien à sa place
card-step-last-word = 🗑 { $account } : le message publié est retiré, puis ce dernier mot est publié
card-step-replace = 🗑 { $account } : le message publié est retiré, puis ce texte est publié
card-step-edit = ✏️ { $account } : le message publié est modifié sur place
card-relays = 📣 Relais de { $of }, demandé par une autre direction : si vous validez, nos comptes repartagent ce message tel quel.
card-relayed-post = Le message publié ({ $account })
card-votes = Pour : { $names }.
card-how = { $approve } valider · { $veto } refuser · { $hold } suspendre
card-how-word = ✍️ Pour valider, répondez à cette carte en tapant : { $word }
    { $veto } refuser · { $hold } suspendre
card-length = { $account } { $used }/{ $limit }
card-length-over = { $account } { $used }/{ $limit } ({ $over } de trop)
card-cost = { $label } ≈ { $cost }
card-cost-with-link = { $label } ≈ { $cost } ({ $cheaper } sans lien)
card-picture = 🖼 Photo { $place } ({ $width } × { $height }, { $kilobytes } ko) : « { $alt } »
card-picture-without-alt = 🖼 Photo { $place } ({ $width } × { $height }, { $kilobytes } ko)
card-internal = 🔒 { $field } : { $value } (interne)
card-warning-lifted = { $warning } — levé par { $by }
card-warning-stands = { $warning } 🔓 Un valideur doit le lever : !lever { $number }
card-warning = ⚠️ « { $words } » : { $why }
card-foot = Rédigé par { $authors }. Empreinte { $seal }.

wanting-votes =
    { $votes ->
        [one] Il manque 1 voix
       *[other] Il manque { $votes } voix
    }
wanting-votes-of =
    { $votes ->
        [one] Il manque 1 voix (rôle : { $roles })
       *[other] Il manque { $votes } voix (rôle : { $roles })
    }
wanting-roles = il faut l'accord de : { $roles }

blocker-missing = { $field } : { $ask }
blocker-too-long =
    { $over ->
        [one] { $account } : 1 caractère de trop
       *[other] { $account } : { $over } caractères de trop
    }
blocker-check = ⛔ « { $words } » : { $why }
blocker-empty = { $account } : le texte serait vide
blocker-no-account = cette direction n'a aucun compte où publier : l'administrateur peut en ajouter un
blocker-picture-coming = { $name } : je prépare la photo
blocker-too-many-pictures =
    { $most ->
        [one] { $account } ne prend qu'une photo : supprimez le message d'une autre
       *[other] { $account } prend { $most } photos au plus : supprimez le message d'une autre
    }
blocker-picture-too-large = { $account } : une photo dépasse { $kilobytes } ko, envoyez-la plus petite
blocker-alt-too-long =
    { $over ->
        [one] { $account } : la description d'une photo a 1 caractère de trop
       *[other] { $account } : la description d'une photo a { $over } caractères de trop
    }

progress-owed = ⏳ { $account } : envoi…
progress-retrying = 🟠 { $account } : { $why } Nouvel essai à { $at }.
progress-uncertain = 🟠 { $account } : peut-être publié. { $why } Répondez dans le fil.
progress-refused = 🔴 { $account } : pas publié. { $why }
progress-not-removed = 🔴 { $account } : pas encore retiré. { $why }
progress-stopped = ⏹ { $account } : rien n'est sorti
progress-taken-down = 🗑 { $account } : retiré
progress-online = ✅ { $account }

## Dans le fil

notice-asked = { $ask } Répondez ici (champ « { $field } »).
notice-asked-next = Il manquera encore : { $rest }.
notice-blocked = Avant de voter, il faut corriger :
notice-completed = Complet : votez sur cette carte.
notice-approved = ✅ { $by } a validé.
notice-approved-waiting = ✅ { $by } a validé. { $waits }.
notice-warnings-lifted = 🔓 { $by } a levé : { $words }. On peut valider sur la carte.
notice-vote-taken-back = { $by } a repris sa validation.
notice-revised =
    { $lost ->
        [0] Version { $revision }, par { $by } : votez sur cette carte.
        [one] Version { $revision }, par { $by }. Le vote donné à la version précédente ne compte plus : votez sur cette carte.
       *[other] Version { $revision }, par { $by }. Les { $lost } votes donnés à la version précédente ne comptent plus : votez sur cette carte.
    }
notice-pictures-removed =
    { $lost ->
        [0] Version { $revision } : un message a été supprimé, et sa photo avec lui. Votez sur cette carte.
        [one] Version { $revision } : un message a été supprimé, et sa photo avec lui. Le vote donné à la version précédente ne compte plus : votez sur cette carte.
       *[other] Version { $revision } : un message a été supprimé, et sa photo avec lui. Les { $lost } votes donnés à la version précédente ne comptent plus : votez sur cette carte.
    }
notice-goes-out = Le compte y est. Publication à { $at }.
notice-goes-out-as-planned = Le compte y est. Publication le { $at }.
notice-planned =
    { $lost ->
        [0] 🕒 { $by } programme la publication : { $at }. Rien ne part avant, ni sans validation.
        [one] 🕒 { $by } programme la publication : { $at }. Rien ne part avant. Le vote déjà donné ne disait rien de cette heure : votez sur cette carte.
       *[other] 🕒 { $by } programme la publication : { $at }. Rien ne part avant. Les { $lost } votes déjà donnés ne disaient rien de cette heure : votez sur cette carte.
    }
notice-planned-twice = Cette nuit-là, cette heure existe deux fois : je prends la première ; pour la seconde, ajoutez « heure d'hiver ».
notice-unplanned =
    { $lost ->
        [0] 🕒 { $by } retire l'heure prévue : publication dès la validation.
        [one] 🕒 { $by } retire l'heure prévue : publication dès la validation. Le vote déjà donné valait pour cette heure : votez sur cette carte.
       *[other] 🕒 { $by } retire l'heure prévue : publication dès la validation. Les { $lost } votes déjà donnés valaient pour cette heure : votez sur cette carte.
    }
notice-called = 🔔 { $names } ({ $role }) : le brouillon { $number } attend votre vote, et personne n'a encore voté.
notice-called-role = 🔔 { $role } : le brouillon { $number } attend votre vote, et personne n'a encore voté.
notice-due-soon = ⏰ Pas encore validé, et l'heure approche : { $at }.
notice-hour-came = 🕒 C'était l'heure prévue ({ $at }), et ce n'est pas validé : rien n'est parti. Dès la validation, ça partira.
notice-hour-came-held = 🕒 C'était l'heure prévue ({ $at }), et c'est suspendu : rien n'est parti. Ça partira quand la suspension sera retirée.
notice-late = 🕒 Publication en retard : elle était prévue le { $at }.
notice-held = ⏸ Suspendu par { $by }. Rien ne part tant que la réaction reste.
notice-hold-taken-back = { $by } a retiré sa suspension.
notice-vetoed = ⛔ { $by } refuse. { $by }, quel est le motif ? Répondez ici.
notice-veto-explained = Motif de { $by } :
notice-veto-taken-back = { $by } retire son refus.
notice-withdrawn = Brouillon retiré par { $by }. Rien n'a été publié.
notice-expired = Délai passé sans validation : brouillon périmé, rien n'a été publié. Pour le relancer, renvoyez la commande.
notice-online = ✅ En ligne sur { $account }
notice-retrying = { $account } : { $why } Je réessaie à { $at }, vous n'avez rien à faire.
notice-looking = { $account } : { $why } Je vérifie à { $at } si c'est en ligne avant tout nouvel envoi.
notice-ask-whether-online = { $account } : { $why } Je ne peux pas savoir si c'est en ligne. Regardez le compte, puis touchez ✅ (c'est en ligne) ou 🔁 (renvoyer).
notice-ask-to-retry = { $account } : pas publié. { $why } Une fois réglé, touchez 🔁 pour renvoyer.
notice-closed = 🗂 { $by } est validé : il clôt ce brouillon. Plus rien n'en sera publié.
notice-rectified = ✏️ { $by } est validé : il remplace ce texte. Plus rien de cette version ne sera publié.
notice-taken-down = 🗑 { $account } : le message publié est retiré. Je vérifie pendant 24 h qu'il ne reparaît pas.
notice-gone = 👀 { $account } : vérifié, ni le message ni ses images ne sont plus visibles.
notice-post-left = 🟠 { $account } : le message retiré est encore visible, ou de nouveau. Regardez le compte ; je continue de vérifier.
notice-picture-left = 🟠 { $account } : une image du message retiré est encore accessible. Je continue de vérifier.
notice-never-seen = 🟠 { $account } : en 24 h, je n'ai pas pu vérifier que le message a disparu. Regardez le compte.
notice-ask-to-remove = { $account } : le message publié n'est pas encore retiré. { $why } Une fois réglé, touchez 🔁.
notice-removal-retrying = { $account } : le message publié n'est pas encore retiré. { $why } Je réessaie à { $at }, vous n'avez rien à faire.
relay-sent = 📣 Relais demandé : { $to }. Leur réponse viendra dans le fil du brouillon.
relay-accepted = 📣 { $relay } : relais accepté.
relay-refused = 📣 { $relay } : relais refusé.
relay-withdrawn = 📣 { $relay } : relais retiré.
relay-lapsed = 📣 { $relay } : relais resté sans réponse.
relay-done = 📣 { $relay } : relayé sur tous ses comptes.
relay-undone = 📣 { $relay } : le relais est défait.
relay-no-account = 📣 { $directorate } n'a aucun compte sur les réseaux où ce message est en ligne : rien à relayer.
relay-over = 📣 { $of } est clos ou rectifié par sa direction : ce relais s'arrête, et ce qui était repartagé est défait.
relay-undone-here = 📣 { $account } : le message n'est plus repartagé.
notice-card-lost = La carte a été supprimée du salon : la voici de nouveau. Les votes déjà donnés comptent toujours.
notice-origin-removed = Le message d'origine a été supprimé ; le brouillon reste. Pour l'abandonner : !retirer { $number }
notice-picture-refused = « { $name } » n'est pas dans le brouillon. { $why }
notice-stranger = Bonjour. Vous n'êtes pas dans l'équipe de { $directorate } : je ne peux pas prendre votre demande ni compter votre vote. L'administrateur peut vous ajouter.
notice-unreadable = { $by }, je n'arrive pas à déchiffrer ce message. Renvoyez-le, s'il vous plaît.
notice-unknown-command = Je ne connais pas !{ $typed }. La liste : !aide
notice-unknown-command-near = Je ne connais pas !{ $typed }. Vouliez-vous dire !{ $nearest } ?
notice-bad-input = Je n'ai rien enregistré. Corrigez votre message (en le modifiant) :
notice-no-drafts = Aucun brouillon en cours.
notice-drafts =
    { $count ->
        [one] 1 brouillon en cours :
       *[other] { $count } brouillons en cours :
    }
notice-draft-line = { $number } · !{ $command } · { $state } · { $beginning }
notice-draft-planned = { $line } · 🕒 { $at }
notice-shown = Pour voter, allez sur la carte du brouillon.

## Aide

help-all = Tapez une commande, j'en fais un brouillon ; rien ne part sans validation. Détail : !aide appel
help-line = !{ $word } : { $about }
help-aliases = Aussi : { $aliases }
help-examples =
    { $count ->
        [one] Exemple :
       *[other] Exemples :
    }
help-field = { $field } : { $about }
help-field-required = { $field } (obligatoire) : { $about }
help-field-internal = 🔒 { $field } (interne, jamais publié) : { $about }
help-field-required-internal = 🔒 { $field } (obligatoire, interne, jamais publié) : { $about }

## Pourquoi ce n'est pas fait

refusal-author = Vous avez écrit ce texte : un collègue doit le valider. Pour l'abandonner : !retirer
refusal-role = Votre rôle ne permet pas de valider ici. Peuvent le faire : { $roles }.
refusal-old-revision = Vote non compté : la version { $voted } est remplacée par la version { $current }. Votez sur sa carte, plus bas.
refusal-word-needed = Merci, mais ici une réaction ne suffit pas pour valider. Répondez à la carte en tapant : { $word }
refusal-wrong-word = Validation non comptée : ce n'est pas l'empreinte de la carte. Recopiez-la depuis la carte, huit signes comme k7f2-9qd1.
refusal-word-elsewhere = Validation non comptée : tapez cette empreinte en réponse à la carte de { $number }, ou dans son fil.
refusal-unencrypted = Validation non comptée : votre message n'est pas arrivé chiffré, n'importe quel serveur pourrait l'avoir écrit. Renvoyez-le depuis une application qui chiffre (Tchap, Element).
refusal-unverified-device = Validation non comptée : votre appareil n'est pas vérifié, rien ne prouve que ce message est de vous. Vérifiez-le dans les paramètres de votre application (Sécurité ou Sessions), puis renvoyez l'empreinte.
refusal-changed-identity = Validation non comptée : votre identité de chiffrement a changé depuis la dernière fois. Prévenez l'administrateur ; en attendant, un collègue peut valider.
refusal-warnings-stand = Vote non compté : un valideur doit d'abord lever { $words }, en répondant !lever à la carte. Retirez ensuite votre ✅, et touchez-le de nouveau.
refusal-author-does-not-lift = Vous avez écrit ce texte : un autre valideur doit lever ses avertissements.
refusal-nothing-to-lift = Il n'y a rien à lever : aucun avertissement de ce nom n'attend, ou il est déjà levé.
refusal-incomplete = Vote non compté, il manque encore : { $blockers }.
refusal-too-late = Trop tard : la publication a commencé. Pour retirer le texte, passez par le compte lui-même.
refusal-over = Ce brouillon n'est plus ouvert ({ $state }).
refusal-not-out = Rien de ce brouillon n'est publié : !retirer l'abandonne, !modifier le change.
refusal-followed = C'est { $by } qui s'en charge : voyez sa carte. Ce qui est en ligne aujourd'hui porte ce numéro une fois validé.
refusal-relayed-as-it-is = Un relais se fait tel quel : c'est le texte d'une autre direction. Validez-le ou refusez-le.
refusal-not-yours = Seuls les rédacteurs et les valideurs de ce brouillon peuvent le faire.
refusal-command-changed = On ne change pas la commande d'un brouillon. Retirez-le (!retirer), puis tapez la nouvelle.
refusal-nothing-changed = Le texte est déjà celui-là : rien n'a changé.
refusal-no-such-draft = Pas de brouillon { $number } ici. Les brouillons en cours : !brouillons
refusal-nothing-asked = Rien n'est à confirmer pour ce compte.

## Ce qui n'a pas été compris

problem-empty = Il manque le texte.
problem-too-long = { $characters } caractères, c'est trop : { $most } au plus.
problem-forbidden-character = Un caractère invisible ({ $code }) s'est glissé dans le texte. Retapez ce passage à la main.
problem-piled-marks = Trop d'accents empilés sur une lettre. Retapez ce passage.
problem-given-twice = { $field } : donné deux fois. N'en gardez qu'un.
problem-unknown-field = { $typed } : pas de champ de ce nom. Exemple : lieu : quai de la Fosse
problem-unknown-field-near = { $typed } : pas de champ de ce nom. Vouliez-vous dire { $nearest } ?
problem-not-a-date = { $field } : « { $value } » n'est pas une date précise et possible. Exemples : 12/03 à 22h30, hier vers 22h
problem-not-a-phone = { $field } : « { $value } » n'est pas un numéro de téléphone. Exemple : 02 61 91 44 17
problem-not-an-age = { $field } : « { $value } » n'est pas un âge. Exemple : 12 ans
problem-not-yes-or-no = { $field } : répondez oui ou non, pas « { $value } ».
problem-not-a-choice = { $field } : « { $value } » n'est pas dans la liste : { $choices }.
problem-value-too-long = { $field } : trop long, { $most } caractères au plus.
problem-no-plan = Quand ? Exemples : demain 8h30, vendredi 18h, dans 2 h ; « annuler » retire l'heure prévue.
problem-not-a-plan = « { $typed } » : je ne comprends pas quand. Exemples : demain 8h30, vendredi 18h, le 3 mars à 7h, dans 2 h
problem-plan-without-hour = À quelle heure ? Exemple : demain 8h30
problem-plan-past = C'est déjà passé : { $at }.
problem-plan-too-far = { $at } : c'est dans plus d'un an, je ne programme pas si loin.
problem-plan-skipped = Cette heure n'existe pas, à cause du changement d'heure. Les plus proches : { $before }, ou { $after }.
problem-plan-midnight = Quel minuit ? { $first }, ou { $second } ? Écrivez la date et « 0h ».
problem-no-such-directorate = « { $typed } » : pas de direction de ce code à qui demander. Exemple : !relais 44-12 35 67
problem-no-national = À qui demander ? Aucune direction nationale n'est configurée : écrivez des codes. Exemple : !relais 44-12 35 67
problem-no-draft-number = De quel brouillon ? Exemple : { $code }-12
problem-not-a-draft-number = « { $typed } » n'est pas un numéro de brouillon. Exemple : { $code }-12

unfit-unknown-kind = Ce fichier n'est pas une photo que je sache lire : envoyez-la en JPEG ou en PNG.
unfit-damaged = Le fichier est abîmé ou incomplet : renvoyez-le.
unfit-animated = L'image est animée : envoyez une image fixe.
unfit-too-large = Le fichier dépasse { $megabytes } Mo : envoyez-le plus petit.
unfit-too-many-pixels = L'image dépasse { $millions } millions de pixels : envoyez-la plus petite.
unfit-not-fetched = Je n'ai pas pu la télécharger. { $why } Renvoyez-la.

## Où en est un brouillon

state-incomplete = à compléter
state-review = à valider
state-approved = validé, départ imminent
state-planned = validé, programmé
state-held = validé, suspendu
state-publishing = en cours de publication
state-stuck = attend votre réponse
state-published = publié
state-vetoed = refusé
state-closed = clos
state-rectified = rectifié
state-withdrawn = retiré
state-expired = périmé

## Ce qui a échoué, et que faire

cause-unreachable = Serveur injoignable.
cause-timed-out = Pas de réponse à temps.
cause-connection-cut = Connexion coupée avant la réponse.
cause-interrupted = Envoi interrompu.
cause-restored = Ma mémoire a été remise dans un état plus ancien : ce texte est peut-être déjà sorti entre-temps.
cause-rate-limited = Trop d'envois pour ce réseau, il faut patienter.
cause-credentials-refused = Le réseau refuse nos identifiants : l'administrateur doit les renouveler.
cause-forbidden = Le réseau l'interdit à ce compte (« { $detail } ») : l'administrateur doit vérifier ses droits.
cause-refused = Le réseau refuse la demande : « { $detail } ».
cause-duplicate = Le réseau dit avoir déjà ce texte.
cause-payment-required = Le crédit de ce compte est épuisé (« { $detail } ») : l'administrateur doit le recharger.
cause-login-needed = Le bot n'a pas, ou plus, accès à ce compte : l'administrateur doit lancer `portevoix login`.
cause-picture-refused = L'image est refusée : « { $detail } ».
cause-missing-intent = Le bot n'entend pas tout : activez « { $detail } » sur la page Bot de l'application.
cause-missing-permission = Il manque au bot la permission « { $detail } » dans ce salon.
cause-server-error = Le réseau est en panne ({ $detail }).
cause-not-the-api = Le serveur répond par une page web, pas par son API (« { $detail } ») : l'administrateur doit vérifier l'adresse.
cause-disk = Le disque refuse l'écriture (« { $detail } ») : prévenez l'administrateur.
cause-id-unknown = Je ne sais pas lequel des messages du compte c'est : retirez-le à la main.
cause-old-unsettled = Je ne sais pas encore si l'ancien message est sorti.
cause-superseded = Un autre brouillon l'a remplacé.
cause-no-such-account = Ce compte n'est plus dans la configuration : l'administrateur doit le remettre.
cause-seal-broken = Le texte enregistré n'est pas celui qui a été validé : rien n'est envoyé. Prévenez l'administrateur.
cause-not-in-room = Je ne suis pas dans le salon.
cause-not-encrypted = Le salon n'est pas chiffré : ce qui s'y dit d'une enquête serait lisible sur le serveur. Activez le chiffrement du salon.
cause-not-logged-in = Le bot n'a pas encore de session sur cette machine : lancez `portevoix login matrix`.
cause-session-in-use = Un autre processus utilise déjà cette session : arrêtez-le d'abord.
cause-device-not-signed = L'appareil du bot n'est pas certifié par son compte, des clients prudents l'ignoreront : relancez `portevoix login matrix` avec la clé de récupération.
cause-recovery-key-needed = Ce compte a déjà une identité : donnez sa clé de récupération à `portevoix login matrix`.

# Où une messagerie propose de remplir une commande champ par champ. Les noms : minuscules, sans espace.
offered-number-name = numero
offered-number = Le numéro du brouillon, par exemple 44-12
offered-fields-name = champs
offered-fields = Ce qui change, par exemple : lieu: place Royale ; date: hier vers 23h
offered-hour-name = quand
offered-hour = L'heure, par exemple : demain 8h30 ; « annuler » la retire
offered-directorates-name = directions
offered-directorates = À qui demander, par exemple : 35 67 ; la nationale si rien n'est dit
offered-command-name = commande
offered-command = La commande à expliquer
offered-elsewhere = Je ne travaille pas dans ce salon : utilisez cette commande dans le salon de votre équipe.
offered-too-long = C'est trop long pour Discord : raccourcissez, ou écrivez la commande comme un message.
