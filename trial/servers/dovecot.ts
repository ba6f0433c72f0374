// Dovecot: the support address's provider and the requesters' own mailboxes, by IMAP; delivery into them by LMTP.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../install/ask.ts';
import { enterNamespace, layOver } from '../install/dovecot.ts';
import { dialogue } from './dialogue.ts';
import { giveTo, type Mailbox, type MailboxFolder } from './mailboxes.ts';
import { startServer, type RunningServer } from './server.ts';
import type { Watchdog } from './watchdog.ts';

interface Owner {
  readonly user: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
}

export interface DovecotOptions {
  /** Folder with the unpacked packages. */
  readonly program: string;
  readonly owner: Owner;
  readonly folder: string;
  readonly mailboxes: MailboxFolder;
  /**
   * `sdbox` numbers mails in the order of their delivery, always. `maildir`, which most servers have, does not when a delivery and a
   * reader meet, or after a kill: two mails of one second swap their numbers then, and nobody behind IMAP can know.
   */
  readonly storage: 'sdbox' | 'maildir';
  /** Logged in with, to see that it is ready. */
  readonly probe: Mailbox;
  readonly watchdog: Watchdog;
}

/** Dovecot refuses to do its work as root; an ordinary user runs it as themselves. */
export async function dovecotOwner(): Promise<Owner> {
  const root = process.getuid?.() === 0;
  const id = async (...flags: readonly string[]): Promise<string> => {
    const answer = await ask(['id', ...flags, ...(root ? ['nobody'] : [])], { deadlineMs: 10_000 });
    if (answer.status !== 0) throw new Error('the user that runs this has no name on this system');
    return answer.stdout.trim();
  };
  return { user: await id('-un'), group: await id('-gn'), uid: Number(await id('-u')), gid: Number(await id('-g')) };
}

export function makeMailboxFolder(folder: string, owner: Owner): MailboxFolder {
  const users = join(folder, 'users');
  const homes = join(folder, 'mail');
  for (const path of [folder, users, homes]) {
    mkdirSync(path, { recursive: true });
    giveTo(owner, path);
  }
  return { users, homes, uid: owner.uid, gid: owner.gid };
}

export async function startDovecot(options: DovecotOptions): Promise<RunningServer> {
  const { owner, folder, probe } = options;
  const configFile = join(folder, 'dovecot.conf');
  const becomeOwner =
    process.getuid?.() === 0
      ? ['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
      : ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
  return startServer({
    name: 'Dovecot',
    logFile: join(folder, 'dovecot.log'),
    portCount: 2,
    command: ([imap, lmtp]) => {
      writeFileSync(configFile, configuration(options, { imap: imap ?? 0, lmtp: lmtp ?? 0 }), { mode: 0o600 });
      giveTo(owner, configFile);
      // In the foreground: a daemonised one was left behind as a zombie and blocked the next start.
      return [
        'env',
        ...enterNamespace(),
        'sh',
        '-c',
        layOver(options.program),
        'sh',
        'setpriv',
        ...becomeOwner,
        '/usr/sbin/dovecot',
        '-F',
        '-c',
        configFile,
      ];
    },
    probe: async ([imap, lmtp]) => {
      await dialogue(imap ?? 0, [{ expect: /^\* OK/ }, { say: `a LOGIN ${probe.address} ${probe.password}`, expect: /^a OK/m }]);
      await dialogue(lmtp ?? 0, [{ expect: /^220 / }, { say: 'LHLO trial', expect: /^250 /m }]);
    },
    deadlineMs: 20_000,
    watchdog: options.watchdog,
    cwd: folder,
  });
}

function configuration(options: DovecotOptions, ports: { readonly imap: number; readonly lmtp: number }): string {
  const { owner, folder, mailboxes } = options;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
instance_name = ${folder}
log_path = /dev/stderr
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
auth_username_format = %Lu
default_internal_user = ${owner.user}
default_internal_group = ${owner.group}
default_login_user = ${owner.user}
first_valid_uid = ${owner.uid}
first_valid_gid = ${owner.gid}
mail_uid = ${owner.uid}
mail_gid = ${owner.gid}
mail_location = ${options.storage === 'sdbox' ? 'sdbox:~/mails' : 'maildir:~/Maildir'}
mail_max_userip_connections = 1000
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
namespace inbox {
  inbox = yes
}
service anvil {
  chroot =
  # A wrong password must not make the next login slow.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service imap {
  process_limit = 500
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
passdb {
  driver = passwd-file
  args = ${mailboxes.users}/%Lu
}
userdb {
  driver = passwd-file
  args = ${mailboxes.users}/%Lu
}
`;
}
