using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Vault.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Start : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "vault");

            migrationBuilder.CreateTable(
                name: "VisitReferences",
                schema: "vault",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    VisitKey = table.Column<string>(type: "text", nullable: false),
                    AccountId = table.Column<Guid>(type: "uuid", nullable: false),
                    Reference = table.Column<byte[]>(type: "bytea", nullable: false),
                    KeyId = table.Column<string>(type: "text", nullable: false),
                    StoredAtUtc = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_VisitReferences", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_VisitReferences_KeyId",
                schema: "vault",
                table: "VisitReferences",
                column: "KeyId");

            migrationBuilder.CreateIndex(
                name: "IX_VisitReferences_VisitKey",
                schema: "vault",
                table: "VisitReferences",
                column: "VisitKey",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "VisitReferences",
                schema: "vault");
        }
    }
}
