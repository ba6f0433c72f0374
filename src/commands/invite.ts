// `!invite @name:server`: a coordinator adds a volunteer; their desk opens when they join.
import type { Command } from '#relay/command-port.ts';
import { inviteVolunteer } from '#relay/volunteers.ts';

/** Matrix spec, appendix "User identifiers": lower case as Synapse makes them; an invitation to another spelling goes nowhere. */
const userId = /^@[a-z0-9._=/+-]{1,200}:[a-z0-9.-]+(?::\d{1,5})?$/u;

export const invite: Command = {
  name: 'invite',
  where: 'desk',
  who: 'coordinator',
  line: 'commands.invite',
  run: async (turn) => {
    const wanted = turn.args.trim().toLowerCase();
    if (!userId.test(wanted) || wanted.length > 255) return [{ key: 'coordinator.invite.bad-id' }];
    if (wanted === turn.parts.service.deskUser || wanted === turn.parts.service.frontUser) return [{ key: 'coordinator.invite.itself' }];
    const result = await inviteVolunteer(turn.unit, turn.parts, wanted);
    return [
      {
        key: { invited: 'coordinator.invite.done', 'invited-again': 'coordinator.invite.again', already: 'coordinator.invite.already' }[
          result
        ],
      },
    ];
  },
};
