// The Matrix account against a real homeserver.
import { matrixAccountContract } from '#tests/contract/matrix-account.ts';
import { synapseWorld } from '#tests/support/matrix-world.ts';
import { theStack } from '#tests/support/stack.ts';

matrixAccountContract('matrix-js-sdk on Synapse', () => synapseWorld(theStack()));
