import { keepsItsShape } from './journeys/shape.js';
import { asksBeforeItLetsIn } from './journeys/consent.js';
import { connectsAccounts } from './journeys/accounts.js';
import { connectsClients } from './journeys/clients.js';
import { decidesOnTasks } from './journeys/decisions.js';
import { knowsWhoOneIs } from './journeys/identity.js';
import { keepsTheHouseRules } from './journeys/house-rules.js';
import { registersServers } from './journeys/registry.js';
import { choosesModels } from './journeys/models.js';
import { runsTheDemo } from './journeys/demo-run.js';
import { survivesCuts } from './journeys/cuts.js';
import { saysWhatFailed } from './journeys/refusals.js';
import { takesSessionsFurther } from './journeys/session-extras.js';
import { triesAndDecidesOnTools } from './journeys/tools.js';
import { type Stage, startStage } from './support/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
}, 60_000);
afterAll(() => stage.stop(), 30_000);

const onStage = () => stage;

describe('the demo run', () => runsTheDemo(onStage));
describe('decisions on tasks', () => decidesOnTasks(onStage));
describe('a session, taken further', () => takesSessionsFurther(onStage));
describe('servers', () => registersServers(onStage));
describe('accounts at servers', () => connectsAccounts(onStage));
describe('tools, and calls of them', () => triesAndDecidesOnTools(onStage));
describe('clients of the gateway', () => connectsClients(onStage));
describe('models', () => choosesModels());
describe('who one is', () => knowsWhoOneIs(onStage));
describe('a client that wants in', () => asksBeforeItLetsIn(onStage));
describe('pages about clients, toolsets and servers', () => keepsItsShape(onStage));
describe('a line that breaks', () => survivesCuts(onStage));
describe('what fails', () => saysWhatFailed(onStage));
describe('every page', () => keepsTheHouseRules(onStage));
