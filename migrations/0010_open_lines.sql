-- Lines that are being spoken are found without reading all that was ever said.

alter table segments add column is_final bigint not null default 1;
alter table consult_segments add column is_final bigint not null default 1;

-- A quote inside a line's text stands there escaped, so that no text can look like this.
update segments set is_final = 0 where body like '%"is_final":false%';
update consult_segments set is_final = 0 where body like '%"is_final":false%';

create index segments_open on segments (call_id) where is_final = 0;
create index consult_segments_open on consult_segments (transfer_id) where is_final = 0;
