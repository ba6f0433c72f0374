// The fake keeps the same contract, so what is tested on it holds on the real thing.
import { matrixAccountContract } from '#tests/contract/matrix-account.ts';
import { fakeMatrix } from '#tests/support/fake-matrix.ts';

matrixAccountContract('the fake', async () => fakeMatrix());
