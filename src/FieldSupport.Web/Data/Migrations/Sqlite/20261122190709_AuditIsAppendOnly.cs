using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AuditIsAppendOnly : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The chain finds a change afterwards; these refuse it in the first place, whoever is connected.
            migrationBuilder.Sql("""
                CREATE TRIGGER "Audit_RefuseUpdate" BEFORE UPDATE ON "Audit"
                BEGIN SELECT RAISE(ABORT, 'The audit is append-only.'); END;
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER "Audit_RefuseDelete" BEFORE DELETE ON "Audit"
                BEGIN SELECT RAISE(ABORT, 'The audit is append-only.'); END;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""DROP TRIGGER "Audit_RefuseUpdate";""");
            migrationBuilder.Sql("""DROP TRIGGER "Audit_RefuseDelete";""");
        }
    }
}
