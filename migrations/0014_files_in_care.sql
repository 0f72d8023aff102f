-- When the server that has a file last said that it still does. A file whose server is gone for good is failed by another, so that
-- whoever brought it gets to know.
alter table spoken_files add column cared_at bigint not null default 0;
update spoken_files set cared_at = created_at;
