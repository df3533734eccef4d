#!/usr/bin/env node
import { runProcess } from '../cli/main.js'
import { keplerModelProgram } from '../cli/program.js'

await runProcess(keplerModelProgram)
