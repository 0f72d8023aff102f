-- Files of sound that somebody had transcribed, with what is said in them as one JSON document: nobody searches it. The file
-- itself is in the spool of the instance that received it, until its transcript is here. `tries` counts how often work on it was
-- begun, so that one that ends the server does not do so for ever.
create table spoken_files (
    id text primary key,
    owner text not null,
    instance_id text not null,
    state text not null,
    tries bigint not null,
    created_at bigint not null,
    document text not null
);
create index spoken_files_of_owner on spoken_files (owner, created_at);
create index spoken_files_by_state on spoken_files (state, instance_id);
