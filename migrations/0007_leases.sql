-- Several servers on one database share the work: whom the server plays in a call is played by whoever has the lease of that
-- name. `term` counts how often it was taken, so that nobody renews or releases what has come to somebody else meanwhile.
create table leases (
    name text primary key,
    instance_id text not null,
    term bigint not null,
    expires_at bigint not null
);

-- In whose spool the sound of a recording is; empty when it is in none any more, and in rows that are older than this.
alter table recordings add column instance_id text not null default '';
