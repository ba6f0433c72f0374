// The settings file as one schema: every setting, its form, its default and its reason. The example file and the JSON schema derive from it.
// Must never hold a secret: those have files of their own, and here stands where.
import { z } from 'zod';
import { file, homeserverUrl, language, line, matrixId, redisUrl, timeZone, whole } from '#settings/forms.ts';
import { limits } from '#settings/schema-limits.ts';
import { mail } from '#settings/schema-mail.ts';

const service = z
  .strictObject({
    language: language()
      .default('en')
      .describe(
        'Language of the first answer, and of everything until somebody asks for another one. Nothing guesses it from what was written.',
      ),
    timezone: timeZone().meta({
      description: 'Times are read and written in this zone until a volunteer says another one.',
      examples: ['Europe/Berlin'],
    }),
    dataFolder: file().meta({
      description: 'Folder for everything the relay keeps. Only its owner may enter it; `hearken init` makes it. On a local disk: not NFS.',
      examples: ['data'],
    }),
    reopenDays: whole(1, 90)
      .default(30)
      .describe(
        'So long after a close either side can take the conversation up again. The way back to the person is kept for it, and no longer.',
      ),
    waitNoteHours: whole(1, 72)
      .default(24)
      .describe('While nobody is free, people get one honest note after this. The first answer names this time.'),
    helplinesFile: file()
      .optional()
      .meta({ description: 'A list of helplines of your own. Left out: config/care/helplines.json.', examples: ['helplines.json'] }),
  })
  .describe('The service as a whole.');

const bot = (name: 'front' | 'desk') => ({
  user: matrixId().meta({
    description: `Matrix id of this bot's account. The two bots never share one.`,
    examples: [name === 'front' ? '@letterbox:example.org' : '@hearken-desk:example.org'],
  }),
  homeserver: homeserverUrl()
    .optional()
    .meta({ description: 'Its homeserver, where it is not the one above.', examples: ['https://matrix.example.net'] }),
  passwordFile: file()
    .optional()
    .meta({
      description: 'Only `hearken init` reads it. Once the bot is logged in, the file can go; keep the password somewhere safe.',
      examples: [`secrets/${name}-password`],
    }),
  keyFile: file().meta({
    description: "32 bytes that this bot's file is encrypted with. Made by `hearken init`. Without it the bot has to start anew.",
    examples: [`secrets/${name}-key`],
  }),
  recoveryKeyFile: file().meta({
    description:
      "The account's recovery key. Made by `hearken init`. Keep a copy away from this machine: it is what proves the bot to everybody when its device is lost.",
    examples: [`secrets/${name}-recovery-key`],
  }),
});

const matrix = z
  .strictObject({
    homeserver: homeserverUrl().meta({
      description: 'Where the bots have their accounts. https, unless it is on this machine.',
      examples: ['https://matrix.example.org'],
    }),
    federation: z
      .enum(['anywhere', 'local-only'])
      .default('anywhere')
      .describe(
        "Where volunteers may have their accounts. local-only: all on the desk bot's homeserver; their rooms then never leave it. It cannot be changed for rooms that exist.",
      ),
    front: z.strictObject(bot('front')).describe('The bot that people write to. It is only ever alone with one of them.'),
    desk: z.strictObject(bot('desk')).describe('The bot of the volunteers. It never meets anybody who asks for support.'),
  })
  .describe('Matrix: two accounts that have nothing in common.');

const redis = z
  .strictObject({
    url: redisUrl().meta({
      description:
        'Redis or Valkey, 6.2 or later, with maxmemory-policy noeviction. unix:///path/to/socket, redis:// on this machine, or rediss://. Nothing of value is in it.',
      examples: ['redis://127.0.0.1:6379'],
    }),
    user: line()
      .optional()
      .meta({ description: 'Name of its ACL user, where it has one.', examples: ['hearken'] }),
    passwordFile: file()
      .optional()
      .meta({ description: 'File with the password in its first line, where there is one.', examples: ['secrets/redis-password'] }),
  })
  .describe('Wakes the parts of the relay. If it is away or wiped, nothing is lost.');

const keys = z
  .strictObject({
    storageFile: file().meta({
      description: 'Protects everything that is stored. Lost: everything is lost.',
      examples: ['secrets/storage-key'],
    }),
    indexFile: file().meta({
      description: 'Finds out whether somebody has written before, without storing who.',
      examples: ['secrets/index-key'],
    }),
    deliveryFile: file().meta({
      description: 'Opens the way back to a person, for the one part that delivers.',
      examples: ['secrets/delivery-key'],
    }),
  })
  .describe('Files with 32 bytes each. Made by `hearken init`. Copy them to a safe place, away from the backups of the data folder.');

const people = z
  .strictObject({
    coordinators: z
      .array(matrixId())
      .min(1)
      .max(20)
      .meta({
        description: 'Matrix ids of those who invite volunteers and see waiting times. They read no conversation by that role.',
        examples: [['@robin:example.org']],
      }),
  })
  .describe('Who has a part in running the service. Power that moves is seen to move.');

const log = z
  .strictObject({
    level: z
      .enum(['info', 'warn', 'error'])
      .default('info')
      .describe('The least that is written. No level writes a name, an address or a word of anybody.'),
  })
  .prefault({})
  .describe('The log: one JSON object a line, on standard output.');

export const settingsSchema = z.strictObject({ service, mail, matrix, redis, keys, people, limits, log });

/** The file as it is once it is known to be whole: defaults filled in, paths as they were written. */
export type SettingsFile = z.output<typeof settingsSchema>;
