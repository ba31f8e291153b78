-- The borders of places, for maps: a ring of corners, `lon lat;lon lat;…`, WGS-84 degrees, the last joined to the first.
CREATE TABLE place_border (
  jurisdiction @INT NOT NULL, code @CODE NOT NULL, ring @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, code)
) @CLUSTERED;
