-- How the monitoring itself is: since when Prometheus, Alertmanager or Grafana does not answer. Why rows: the incidents channel
-- hears of each absence once, whichever replica sees it.
create table monitoring (
  system text primary key,
  failing_since timestamptz,
  problem text,
  constraint problem_has_its_time check ((failing_since is null) = (problem is null))
);
