-- Portable SQL: SQLite and PostgreSQL run the same text. Ids are text, times integer milliseconds since 1970 (UTC).

create table queues (
    id text primary key,
    name text not null
);

create table lines (
    id text primary key,
    name text not null,
    queue_id text not null references queues (id),
    join_code text unique,
    is_open bigint not null,
    capacity bigint not null
);

create table agents (
    id text primary key,
    name text not null,
    kind text not null,
    role text not null,
    skills text not null,
    choice text not null,
    choice_since bigint not null
);

-- The call as the rules know it is `body`; the columns beside it are what queries ask for.
create table calls (
    id text primary key,
    line_id text not null references lines (id),
    state text not null,
    version bigint not null,
    created_at bigint not null,
    ended_at bigint,
    is_settled bigint not null,
    body text not null
);
create index calls_unsettled on calls (is_settled, created_at);

-- A caller's page proves itself by a secret of its own; only its hash is kept.
create table caller_keys (
    secret_hash text primary key,
    call_id text not null references calls (id),
    created_at bigint not null
);

create table transfers (
    id text primary key,
    call_id text not null references calls (id),
    transferring_agent text not null,
    target_agent text not null,
    state text not null,
    stage text not null,
    outcome text,
    reason text not null,
    note text not null,
    started_at bigint not null,
    ended_at bigint
);
create index transfers_of_call on transfers (call_id, started_at);

-- One live call and one offer per agent: whoever comes second gets a conflict.
create table engagements (
    agent_id text not null references agents (id),
    kind text not null,
    call_id text not null references calls (id),
    primary key (agent_id, kind)
);
create index engagements_of_call on engagements (call_id);

-- The timeline, the audit and the outbox are one table: what happened, who asked, in the order of commits.
create table events (
    id bigint primary key,
    at bigint not null,
    call_id text not null,
    call_version bigint not null,
    transfer_id text,
    actor text not null,
    kind text not null,
    body text not null
);
create index events_of_call on events (call_id, id);

create table counters (
    name text primary key,
    value bigint not null
);
insert into counters (name, value) values ('event', 0);

create table segments (
    call_id text not null references calls (id),
    number bigint not null,
    body text not null,
    primary key (call_id, number)
);

create table briefings (
    transfer_id text primary key references transfers (id),
    call_id text not null references calls (id),
    body text not null,
    created_at bigint not null
);
create index briefings_of_call on briefings (call_id, created_at);

create table silences (
    transfer_id text primary key references transfers (id),
    call_id text not null references calls (id),
    longest_ms bigint not null
);

create table wrap_ups (
    call_id text not null references calls (id),
    agent_id text not null references agents (id),
    caller_name text not null,
    started_at bigint not null,
    ends_at bigint not null,
    finished_at bigint,
    disposition text,
    notes text,
    primary key (call_id, agent_id, started_at)
);
create index wrap_ups_open on wrap_ups (agent_id, finished_at);

-- A command that came twice under one key is carried out once.
create table requests (
    actor text not null,
    request_key text not null,
    at bigint not null,
    answer text not null,
    primary key (actor, request_key)
);
