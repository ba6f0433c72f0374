// Takes every mail out of the inbox: fetched, kept by the relay, and only then moved out of the way.
// One bad mail must not hold up the others, and a store that is away must not cost a single mail.
import type { Log } from '#relay/log.ts';
import type { TakeMail } from '#relay/mail-port.ts';
import type { IntakeMailbox } from '#mail/imap-mailbox.ts';
import { turnName } from '#mail/turn-name.ts';

/** `again`: something is left that may go at a later try. */
export type PassEnd = 'done' | 'again';

export interface Intake {
  /** Goes through the inbox once. Rejects when the connection is lost. */
  pass(mailbox: IntakeMailbox, closing: AbortSignal): Promise<PassEnd>;
}

/** A fault of the mail's own weighs 2, a lost connection (which may have had other reasons) 1; at 6 the mail is set aside unread. */
const weights = { own: 2, lost: 1, most: 6 } as const;
/** After so many refusals of one mail by the store the others are tried, to learn whether the store or the mail is at fault. */
const takesBeforeOthers = 3;

export function newIntake({ take, log }: { readonly take: TakeMail; readonly log: Log }): Intake {
  /** What is known about mails still in the inbox, by number; all of it is void once the numbering changes. */
  let numbering: string | null = null;
  const taken = new Set<number>();
  const fetchFaults = new Map<number, number>();
  const takeFaults = new Map<number, number>();
  let stuck = false;

  function renumber(now: string): void {
    if (numbering !== null && numbering !== now) {
      for (const known of [taken, fetchFaults, takeFaults]) known.clear();
      log({ event: 'mail.renumbered' });
    }
    numbering = now;
  }

  function forgetAbsent(present: ReadonlySet<number>): void {
    for (const known of [taken, fetchFaults, takeFaults]) for (const uid of known.keys()) if (!present.has(uid)) known.delete(uid);
  }

  async function setAside(
    mailbox: IntakeMailbox,
    { uid, code }: { readonly uid: number; readonly code: 'fetch' | 'take' },
  ): Promise<PassEnd> {
    if ((await mailbox.move(uid, 'quarantine')) === 'stayed') return noteStuck();
    log({ event: 'mail.set-aside', code });
    return 'done';
  }

  function noteStuck(): PassEnd {
    if (!stuck) log({ event: 'fault', where: 'mail-in', code: 'move-refused' });
    stuck = true;
    return 'again';
  }

  type Fetched = Exclude<Awaited<ReturnType<IntakeMailbox['fetch']>>, 'gone'>;
  async function fetch(mailbox: IntakeMailbox, uid: number): Promise<Fetched | 'later'> {
    const fault = (weight: number) => fetchFaults.set(uid, (fetchFaults.get(uid) ?? 0) + weight);
    try {
      const mail = await mailbox.fetch(uid);
      // Gone, usually; if it is listed again the next time, it cannot be fetched.
      if (mail === 'gone') fault(weights.own);
      return mail === 'gone' ? 'later' : mail;
    } catch (error) {
      const alive = mailbox.alive() === 'yes';
      fault(alive ? weights.own : weights.lost);
      if (!alive) throw error;
      return 'later';
    }
  }

  /** `kept`: the store has just taken a mail; `moved`: it had before. `behind`: senders of whom an earlier mail was refused in this pass. */
  async function one(
    mailbox: IntakeMailbox,
    { uid, behind }: { readonly uid: number; readonly behind: Set<string> },
  ): Promise<'kept' | 'moved' | 'later' | 'refused'> {
    let now: 'kept' | 'moved' = 'moved';
    if (!taken.has(uid)) {
      const mail = await fetch(mailbox, uid);
      if (mail === 'later') return 'later';
      const turn = turnName(mail.bytes);
      // The store may come back at any moment: mails of one sender must not overtake each other even then.
      if (behind.has(turn)) return 'later';
      try {
        await take(mail);
      } catch {
        behind.add(turn);
        takeFaults.set(uid, (takeFaults.get(uid) ?? 0) + 1);
        return 'refused';
      }
      taken.add(uid);
      now = 'kept';
    }
    if ((await mailbox.move(uid, 'processed')) === 'stayed') {
      noteStuck();
      return 'later';
    }
    stuck = false;
    return now;
  }

  return {
    async pass(mailbox, closing) {
      renumber(mailbox.numbering());
      const uids = await mailbox.numbers();
      forgetAbsent(new Set(uids));
      let end: PassEnd = 'done';
      let kept = 0;
      let suspects: number[] = [];
      const behind = new Set<string>();
      for (const uid of uids) {
        if (closing.aborted) break;
        if ((fetchFaults.get(uid) ?? 0) >= weights.most) {
          if ((await setAside(mailbox, { uid, code: 'fetch' })) === 'again') end = 'again';
          continue;
        }
        const got = await one(mailbox, { uid, behind });
        if (got === 'kept') {
          kept += 1;
          // The store takes mails: those it refused are asked about once more, before any other goes past them.
          for (const suspect of suspects)
            if ((await one(mailbox, { uid: suspect, behind: new Set() })) === 'refused')
              await setAside(mailbox, { uid: suspect, code: 'take' });
          suspects = [];
        }
        if (got === 'later' || got === 'refused') end = 'again';
        if (got !== 'refused') continue;
        if ((takeFaults.get(uid) ?? 0) < takesBeforeOthers) break;
        suspects.push(uid);
      }
      if (kept > 0) log({ event: 'mail.taken', count: kept });
      return end;
    },
  };
}
