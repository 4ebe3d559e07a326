/** nginx as a cache of byte ranges: slices of 1 MiB, one fetch for all who ask, files sent by the system. */
export const nginxConfig = (home: string, origin: string, port: number): string => `
daemon off;
user root;
worker_processes 1;
pid ${home}/nginx.pid;
events { worker_connections 512; }
http {
  access_log off;
  error_log stderr error;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  keepalive_requests 1000000;
  proxy_cache_path ${home}/cache levels=1:2 keys_zone=films:10m max_size=50g inactive=1d use_temp_path=off;
  upstream origin { server ${new URL(origin).host}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    sendfile on;
    aio threads;
    location / {
      slice 1m;
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Range $slice_range;
      proxy_cache films;
      proxy_cache_key $uri$slice_range;
      proxy_cache_valid 200 206 1h;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 60s;
    }
  }
}
`
