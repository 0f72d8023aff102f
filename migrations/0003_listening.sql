-- What is done with what is said on a line, and what two agents say to each other in private.

alter table lines add column transcribe bigint not null default 0;
alter table lines add column record text not null default 'nothing';

-- Apart from the call's own lines, so that no transcript, briefing or export of a call can contain them by mistake.
create table consult_segments (
    transfer_id text not null references transfers (id),
    number bigint not null,
    body text not null,
    primary key (transfer_id, number)
);
