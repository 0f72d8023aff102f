-- What a line plays to callers on hold who have no page. A line without a row plays the usual.
create table hold_music (
    line_id text primary key references lines (id),
    file text,
    comfort_seconds bigint not null
);
