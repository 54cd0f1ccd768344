# The command line and the reference server in a small image that does not run as root.
#   docker build -t antiphon .
#   docker run --rm -v "$PWD:/data" antiphon run --base-url http://host.docker.internal:8000/v1 --depth standard
#   docker run --rm -p 8000:8000 antiphon serve --host 0.0.0.0 --port 8000
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY spec spec
COPY suites suites
RUN python -m venv /opt/antiphon && /opt/antiphon/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.12-slim
COPY --from=build /opt/antiphon /opt/antiphon
RUN useradd --create-home --uid 10001 antiphon && mkdir /data && chown antiphon /data
ENV PATH=/opt/antiphon/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER antiphon
WORKDIR /data
EXPOSE 8000
ENTRYPOINT ["antiphon"]
CMD ["run"]
