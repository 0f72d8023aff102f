-- Whether personal data is taken out of what leaves about calls of a line: whatever the installation takes out, or nothing.
alter table lines add column redact bigint not null default 1;
