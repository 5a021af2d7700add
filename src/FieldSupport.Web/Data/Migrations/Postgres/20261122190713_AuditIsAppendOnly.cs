using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class AuditIsAppendOnly : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The chain finds a change afterwards; these refuse it in the first place, whoever is connected.
            migrationBuilder.Sql("""
                CREATE FUNCTION "RefuseAuditChange"() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'The audit is append-only.'; END;
                $$;
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER "Audit_RefuseChange" BEFORE UPDATE OR DELETE OR TRUNCATE ON "Audit"
                FOR EACH STATEMENT EXECUTE FUNCTION "RefuseAuditChange"();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""DROP TRIGGER "Audit_RefuseChange" ON "Audit";""");
            migrationBuilder.Sql("""DROP FUNCTION "RefuseAuditChange"();""");
        }
    }
}
