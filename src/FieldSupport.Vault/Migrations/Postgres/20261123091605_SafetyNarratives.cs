using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Vault.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SafetyNarratives : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "SafetyNarratives",
                schema: "vault",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<string>(type: "text", nullable: false),
                    Narrative = table.Column<byte[]>(type: "bytea", nullable: false),
                    KeyId = table.Column<string>(type: "text", nullable: false),
                    StoredAtUtc = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SafetyNarratives", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_SafetyNarratives_KeyId",
                schema: "vault",
                table: "SafetyNarratives",
                column: "KeyId");

            migrationBuilder.CreateIndex(
                name: "IX_SafetyNarratives_Number",
                schema: "vault",
                table: "SafetyNarratives",
                column: "Number",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "SafetyNarratives",
                schema: "vault");
        }
    }
}
