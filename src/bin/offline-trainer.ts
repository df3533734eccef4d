#!/usr/bin/env node
import { standalone } from '../cli/described-program.js'
import { runProcess } from '../cli/main.js'
import { offlineTrainerCommand } from '../cli/commands/run-offline-trainer.js'

await runProcess((io) => standalone(offlineTrainerCommand(io)))
