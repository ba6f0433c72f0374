// One written form of a mail address, for lanes and keyed hashes: the same mailbox gives the same string.
import type { MailAddress } from '#relay/mail-port.ts';

/** The local part is compared without case: providers that tell `Ann` from `ann` apart are rarer than people who type both. */
export const formatMailAddress = (address: MailAddress): string => `${address.local.toLowerCase()}@${address.domain.toLowerCase()}`;
