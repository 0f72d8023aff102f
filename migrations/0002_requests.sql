-- A key is for one command: what was asked for is kept beside the answer, so that a key used again for something else is
-- refused. What was remembered before this cannot be compared with anything, and is only there for a retry within minutes.
delete from requests;
alter table requests add column command text not null default '';
