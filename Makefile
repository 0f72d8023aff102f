# Every command a person has to know. They are thin: the work is in tools/*.mjs, one file per command.
#
# Settings, all optional, on the command line (`make run PORT=3100`) or in the environment; for run, dev, site, livekit
# and eval in .env as well, BATON_CACHE and BATON_DATA excepted:
#   PORT=3000               `run`, `dev`: where it listens (the next free port when it is taken); `livekit`: where it reports to
#   LAN=1                   `run`: let other devices in, with TLS and a code; `livekit`: let their media in
#   PROFILE=release|dev     `run`, `site`, tests, `bench-participant`, `soak`: what is built (default: release; for tests: dev)
#   ONLY="the server"       `test`: only the stages with these words in their title
#   BATON_EARS=1            `test`: let LiveKit's own clients (Python, Node) judge what our participant sends
#   CHROMIUM=…, FIREFOX=…   tests, `bench-handoff`, `bench-page`: the browser's path
#   LIVEKIT_SERVER=…        the path of LiveKit's program, where it is not on PATH
#   BATON_LIVEKIT_PORT=7880 from where on free ports are looked for when LiveKit is started here
#   BATON_URL=…             `bench-page`: the server that is asked (default: http://localhost:3000)
#   BATON_DATA=data         `run`, `dev`, `livekit`, `reset-demo`: the folder of all that a demo keeps, its hold music (`sounds`) included;
#                           another one makes a second demo
#   BATON_CACHE=…           tools and build output (default: ~/.cache/baton, shared by all checkouts of this user)

.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help run dev test test-firefox site livekit bench-handoff bench-page bench-participant soak eval fmt clean reset-demo clean-cache node

help: ## show this list, and the settings
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-26s%s\n", $$1, $$2 }'
	@echo
	@sed -n '/^# Settings/,/^$$/s/^# //p' $(MAKEFILE_LIST)

run: node ## build and start everything on this computer: LiveKit, Baton, nothing to configure
	@node tools/run.mjs

dev: node ## the same with `cargo leptos watch`: a change is on screen in seconds
	@node tools/dev.mjs

test: node ## every check: formatting, lints, tests, builds, real browsers on a real LiveKit
	@node tools/test.mjs

test-firefox: node ## a caller in Firefox: join, talk, hold, retrieve (Firefox must be there)
	@node tools/test-firefox.mjs

site: node ## build what browsers load, into site/
	@node tools/build-site.mjs

livekit: node ## start LiveKit alone, for a server started by hand
	@node tools/livekit.mjs

bench-handoff: node ## silence and latency of hand-offs, in real browsers, on loopback and with 80 ms round trip
	@node tools/bench-handoff.mjs

bench-page: node ## bytes of every page's first load, by kind
	@node tools/bench-page.mjs

bench-participant: node ## the server's own participant: join to heard, CPU and memory of relays and recordings, beside libwebrtc
	@node tools/bench-participant.mjs

soak: node ## an hour of legs relayed and recorded by the server: memory, drift, lost frames (SOAK_MINUTES=3, SOAK_LEGS=25)
	@node tools/soak.mjs

eval: node ## how good briefings are, against written conversations, and how long they take (DETAILS=1: what was missed, LOCAL=1: no model)
	@node tools/eval.mjs

fmt: ## format the Rust code
	@cargo fmt --all

clean: ## remove the built site and test results
	rm -rf site target end2end/test-results end2end/playwright-report

reset-demo: node ## forget the demo: calls, recordings and those in the making, your own hold music, keys, certificate, logs (in data/, or BATON_DATA)
	@node tools/reset-demo.mjs

clean-cache: ## remove the tools and build output that all checkouts share
	rm -rf "$${BATON_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/baton}"

node:
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 12) ? 0 : 1)' 2>/dev/null \
	  || { echo "Please install Node 20.12 or newer first (nodejs.org, or your system's package \`nodejs\`), then run this again."; exit 1; }
