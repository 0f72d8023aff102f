-- What agents see of a call while it goes on. Each body is JSON that only the rules read.

create table insights (
    call_id text primary key references calls (id),
    body text not null,
    updated_at bigint not null
);

-- What was ticked off; the item is its own key, so that two agents who tick it at once tick it once.
create table ticks (
    call_id text not null references calls (id),
    item text not null,
    at bigint not null,
    body text not null,
    primary key (call_id, item)
);

create table chat_turns (
    call_id text not null references calls (id),
    number bigint not null,
    body text not null,
    primary key (call_id, number)
);

-- The briefing that a model has kept up to date during the call, for the transfer that may come.
create table rolling_briefings (
    call_id text primary key references calls (id),
    body text not null,
    updated_at bigint not null
);

-- In which language an agent wants to read briefings; null is the conversation's.
alter table agents add column language text;
