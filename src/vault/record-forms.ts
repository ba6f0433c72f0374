// The form of each kind of sealed record, and how an older one becomes the present one. SQL cannot migrate what it cannot read, so
// records are upgraded when they are opened. Upgraders are pure, are only ever added to, and each is tested on a kept old record.
import type { RecordKind } from '#relay/store-port.ts';

export interface RecordForm {
  readonly form: number;
  /** From the form of this number to the next one. */
  readonly upgraders: Readonly<Record<number, (old: unknown) => unknown>>;
}

export type RecordForms = Readonly<Record<RecordKind, RecordForm>>;

const first: RecordForm = { form: 1, upgraders: {} };

export const recordForms: RecordForms = {
  case: first,
  volunteer: first,
  committee: first,
  contact: first,
  room: first,
  message: first,
  question: first,
  link: first,
};
