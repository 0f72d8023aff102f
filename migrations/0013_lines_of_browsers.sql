-- To which server, and when, the newest version of an open line came from somebody's own browser. No lease says who hears such a
-- line: whoever starts must not end it, and when its page is gone, somebody must. Empty in lines that a server hears itself.
alter table segments add column browser_instance text not null default '';
alter table segments add column browser_at bigint not null default 0;
alter table consult_segments add column browser_instance text not null default '';
alter table consult_segments add column browser_at bigint not null default 0;
