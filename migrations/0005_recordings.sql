-- One file of one leg in one room. Its sound is in the spool of the server that makes it until it is in the storage under its
-- key, and is removed before its row is. Nobody searches `speaker` and `activity`, which are JSON.
create table recordings (
    id text primary key,
    call_id text not null references calls (id),
    leg_id text not null,
    speaker text not null,
    room text not null,
    state text not null,
    started_at bigint not null,
    duration_ms bigint not null,
    bytes bigint not null,
    activity text not null,
    storage_key text not null
);
create index recordings_of_call on recordings (call_id, started_at);
create index recordings_by_state on recordings (state, started_at);
